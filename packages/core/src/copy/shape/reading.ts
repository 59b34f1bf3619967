import { reader, type Read } from './reader.js';
import { copierOf, isLarge, type ShapeCopier } from './shape-copier.js';
import { NONE, shapeWith, type Shape } from './shape.js';

/** So many results are looked at before code is made for what they have in common. */
const LOOKS = 3;
/** The most of them that are looked at: what the others look like is not worth the time. */
const MOST_LOOKS = 8;
/** So many bytes must have been kept as well, which is about when code is worth the time that it takes to be made. */
const WORTH_COMPILING = 64 * 1024;
/** So often code is made for one function, each time of four times as much as before. */
const MOST_ROUNDS = 4;

/** What was made for one shape. */
export class ReadingCode {
  /** Builds the masters of values that look so, and of all others. */
  readonly read: Read;
  readonly #shape: Shape;
  #small: ShapeCopier | undefined;
  #large: ShapeCopier | undefined;

  constructor(read: Read, shape: Shape) {
    this.read = read;
    this.#shape = shape;
  }

  /** Copies masters of about so many bytes that look so. */
  copier(bytes: number): ShapeCopier {
    if (isLarge(bytes)) return (this.#large ??= copierOf(this.#shape, true).hot());
    return (this.#small ??= copierOf(this.#shape, false).hot());
  }
}

/**
 * What the results of one function look like, and the code by which those are kept that look so. It is made of the first few,
 * and made anew when many have come that look otherwise.
 */
export class Reading {
  /** Undefined until there is some. */
  code: ReadingCode | undefined;
  #shape: Shape = NONE;
  #looks = 0;
  #bytes = 0;
  #worth = WORTH_COMPILING;
  #rounds = 0;

  /** Looks at a master of so many bytes that was not built by this, or does not fit: a tree. */
  learn(master: object, bytes: number): void {
    if (this.#rounds === MOST_ROUNDS) return;
    this.#bytes += bytes;
    if (this.#looks < MOST_LOOKS) this.#shape = shapeWith(this.#shape, master);
    this.#looks += 1;
    if (this.#looks >= LOOKS && this.#bytes >= this.#worth) this.#compile();
  }

  #compile(): void {
    this.#rounds += 1;
    this.#worth *= 4;
    this.#looks = 0;
    this.#bytes = 0;
    const shape = this.#shape;
    const read = shape.kind === 'object' || shape.kind === 'array' ? reader(shape) : undefined;
    this.code = read && new ReadingCode(read, shape);
    // Where no code may be made, or would do no better than the walk.
    if (read === undefined) this.#rounds = MOST_ROUNDS;
  }
}
