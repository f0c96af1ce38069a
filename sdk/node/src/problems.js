import { textOf } from './errors.js';

/**
 * Problems is every mistake found in a configuration, each with its field, dotted from the top ('backend.url'; '' is the
 * whole), and what to write instead. Throw it from configure, or return it.
 */
export class Problems extends Error {
  name = 'Problems';
  /** The problems, each {field, message}. */
  list = [];

  /** Adds a problem. */
  add(field, message) {
    this.list.push({ field, message });
    this.message = this.list.map((one) => (one.field ? `${one.field}: ${one.message}` : one.message)).join('; ');
    return this;
  }

  /** Throws itself unless it is empty. */
  throwIfAny() {
    if (this.list.length > 0) {
      throw this;
    }
  }

  /** The problems in what was thrown: one without a field for anything that is no Problems. */
  static of(thrown) {
    return thrown instanceof Problems ? thrown.list : [{ field: '', message: textOf(thrown) }];
  }
}
