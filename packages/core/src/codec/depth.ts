import { MAX_DEPTH } from '../copy/trail.js';

/** Refuses what is nested deeper than a value may be. */
export class Depth {
  #depth = 0;

  enter(): void {
    this.#depth += 1;
    // A value that is a number of levels deep is held by one more object.
    if (this.#depth > MAX_DEPTH + 1) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
  }

  leave(): void {
    this.#depth -= 1;
  }

  /** Goes several levels down at once, or up. */
  go(levels: number): void {
    this.#depth += levels;
  }

  /** Looks through what JSON.parse made. */
  check(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    this.enter();
    const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    for (const part of parts) if (typeof part === 'object') this.check(part);
    this.leave();
  }
}

/** Whether the JSON of this length may be nested deeper than a value: each level takes two characters. */
export function mayBeTooDeep(length: number): boolean {
  return length > 2 * MAX_DEPTH;
}
