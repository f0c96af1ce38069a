// What goes wrong in a way that the page has words for.

export class Failure extends Error {
  /** what is a key of the words below "error.". */
  constructor(what) {
    super(what);
    this.what = what;
  }
}
