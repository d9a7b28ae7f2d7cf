/** One thing that keeps results from being lost or doubled, how to take it out, and who notices. */
export interface Guard {
  /** What is taken out, as a sentence would name it. */
  name: string;
  /** The invariant of the ledger that it holds. */
  invariant: string;
  file: string;
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
  /** The suite that must fail, and the beginning of one of its tests' names where the whole suite takes long. */
  suite: string;
  test?: string;
}
