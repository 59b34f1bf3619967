/** Copies a value of one shape. */
export type Copy = (value: unknown) => unknown;

/** What copiers of all shapes use. */
export interface Tools {
  /** Copies a Date. */
  readonly date: Copy;
  /** Copies anything that a tree of plain objects, plain arrays and Dates may hold. */
  readonly any: Copy;
}
