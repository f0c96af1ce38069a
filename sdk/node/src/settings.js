import Ajv from 'ajv/dist/2020.js';

import { Problems } from './problems.js';

/**
 * settingsOf checks a configuration against a JSON Schema and returns it with the schema's defaults. It throws Problems
 * that name every field that is wrong and what to write instead. A schema with an error in it throws an Error.
 */
export function settingsOf(schema, config) {
  const settings = structuredClone(config);
  const { $schema, ...rest } = schema;
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, validateFormats: false, logger: false });
  const valid = ajv.compile(rest);
  if (!valid(settings)) {
    const problems = new Problems();
    for (const error of valid.errors) {
      problems.add(fieldOf(error), adviceOf(error));
    }
    throw problems;
  }
  return settings;
}

/** fieldOf returns the field of an error, dotted from the top. */
function fieldOf({ instancePath, params }) {
  const path = instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const below = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
  return [...path, ...(below === undefined ? [] : [below])].join('.');
}

const types = {
  string: 'text', boolean: 'true or false', array: 'a list', object: 'an object', number: 'a number',
  integer: 'a whole number', null: 'nothing',
};

/** adviceOf says what to write instead, in words of somebody who writes a bot.yaml. */
function adviceOf({ keyword, params, message }) {
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'unknown key; remove it or correct its spelling';
    case 'type':
      return `must be ${[params.type].flat().map((type) => types[type]).join(' or ')}`;
    case 'enum':
      return `must be one of ${params.allowedValues.map((value) => JSON.stringify(value)).join(', ')}`;
    default:
      return message;
  }
}
