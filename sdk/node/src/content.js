import { NoContentError } from './errors.js';
import { wellFormed } from './text.js';

/** The kinds of content, in a fixed order. */
export const KINDS = Object.freeze(['text', 'image', 'voice', 'video', 'file', 'location', 'link', 'menu', 'event', 'raw']);

// What each kind consists of: how a field is written, and how it is read.
const kinds = {
  text: { text: text(), choice: text() },
  image: { media: media() },
  voice: { media: media(), wideband: optional(media()), transcript: text() },
  video: { media: media(), thumbnail: optional(media()), title: text(), description: text() },
  file: { media: media() },
  location: { latitude: number(), longitude: number(), scale: number(), label: text() },
  link: { url: text(), title: text(), description: text(), pictureUrl: text() },
  menu: { head: text(), choices: list(record({ id: text(), text: text() })), tail: text() },
  event: { type: text(), key: text(), fieldsJson: text() },
  raw: { type: text(), fieldsJson: text() },
};

/**
 * encodeContent makes what a plugin says ready for the wire: a text, or an object with its kind. It copies, so that the
 * object may change afterwards. It throws NoContentError for what is no content, and a TypeError that names the field for a
 * value of the wrong type or a field that there is not.
 */
export function encodeContent(content) {
  if (typeof content === 'string') {
    return { text: { text: wellFormed(content) } };
  }
  const fields = Object.hasOwn(kinds, content?.kind) ? kinds[content.kind] : undefined;
  if (fields === undefined) {
    throw new NoContentError();
  }
  const { kind, ...rest } = content;
  return { [kind]: record(fields).encode(withFieldsJSON(fields, rest, kind), kind) };
}

/** decodeContent is the reverse, and throws NoContentError for a kind of a later version. */
export function decodeContent(p) {
  const kind = p?.kind;
  if (kind === undefined || !Object.hasOwn(kinds, kind)) {
    throw new NoContentError();
  }
  const content = { kind, ...record(kinds[kind]).decode(p[kind]) };
  if ('fieldsJson' in kinds[kind]) {
    // Parsed on demand, and beside the text: numbers of 64 bits survive in the text only.
    Object.defineProperty(content, 'fields', { get: () => JSON.parse(content.fieldsJson || '{}') });
  }
  return content;
}

/** encodeMedia makes a Media, or a media id, ready for the wire. */
export function encodeMedia(value, where = 'media') {
  return media().encode(value, where);
}

/** decodeMedia is the reverse. */
export function decodeMedia(p) {
  return media().decode(p);
}

/** encodeText makes a text ready for the wire. It throws a TypeError that names the field for what is no text. */
export function encodeText(value, where) {
  return text().encode(value, where);
}

/** withFieldsJSON lets an event or raw content have its fields as an object. */
function withFieldsJSON(known, value, where) {
  if (!('fieldsJson' in known) || value.fields === undefined) {
    return value;
  }
  const { fields, ...rest } = value;
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw wrong(`${where}.fields`, 'an object', fields);
  }
  return { fieldsJson: JSON.stringify(fields), ...rest };
}

function text() {
  return {
    encode(value, where) {
      if (value === undefined || value === null) {
        return '';
      }
      if (typeof value !== 'string') {
        throw wrong(where, 'text', value);
      }
      return wellFormed(value);
    },
    decode: (p) => p,
  };
}

function number() {
  return {
    encode(value, where) {
      if (value === undefined || value === null) {
        return 0;
      }
      if (typeof value !== 'number') {
        throw wrong(where, 'a number', value);
      }
      return value;
    },
    decode: (p) => p,
  };
}

function list(of) {
  return {
    encode(value, where) {
      if (value === undefined || value === null) {
        return [];
      }
      if (!Array.isArray(value)) {
        throw wrong(where, 'a list', value);
      }
      return value.map((one, i) => of.encode(one, `${where}[${i}]`));
    },
    decode: (p) => p.map((one) => of.decode(one)),
  };
}

function record(fields) {
  return {
    encode(value, where) {
      if (typeof value !== 'object' || value === null) {
        throw wrong(where, 'an object', value);
      }
      for (const name of Object.keys(value)) {
        if (!Object.hasOwn(fields, name)) {
          throw new TypeError(`${where} has no field ${name}: it has ${Object.keys(fields).join(', ')}`);
        }
      }
      return mapped(fields, (name, of) => of.encode(value[name], `${where}.${name}`));
    },
    decode: (p) => mapped(fields, (name, of) => of.decode(p?.[name])),
  };
}

function mapped(fields, make) {
  return Object.fromEntries(Object.entries(fields).map(([name, of]) => [name, make(name, of)]));
}

function media() {
  const fields = { id: text(), url: text(), name: text(), format: text() };
  return {
    encode(value, where) {
      if (value === undefined || value === null || value === '') {
        return null;
      }
      const out = record(fields).encode(typeof value === 'string' ? { id: value } : value, where);
      return Object.values(out).some(Boolean) ? out : null;
    },
    decode: (p) => record(fields).decode(p ?? { id: '', url: '', name: '', format: '' }),
  };
}

/** optional is for media that many messages do not have: undefined then. */
function optional(of) {
  return { encode: of.encode, decode: (p) => (p ? of.decode(p) : undefined) };
}

function wrong(where, wanted, value) {
  const got = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  return new TypeError(`${where} must be ${wanted}, not ${got}`);
}
