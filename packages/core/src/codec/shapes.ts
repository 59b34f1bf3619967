import { jsonOf, type Json } from './json.js';

/** Numbers the shapes of the tables in one text. */
export class Shapes {
  readonly #numbers = new Map<string, number>();
  /** The last one: most often the next is the same, and need not be made a text to be found. */
  #last: Json[] = [];
  #lastNumber = 0;

  /** The number of a shape that was there before; of another undefined, and it has one from now on. */
  number(shape: Json[]): number | undefined {
    if (isSame(shape, this.#last)) return this.#lastNumber;
    const text = jsonOf(shape);
    const known = this.#numbers.get(text);
    this.#last = shape;
    this.#lastNumber = known ?? this.#numbers.size;
    if (known === undefined) this.#numbers.set(text, this.#lastNumber);
    return known;
  }
}

function isSame(one: readonly Json[], other: readonly Json[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    const [a, b] = [one[index], other[index]];
    if (a !== b && !(Array.isArray(a) && Array.isArray(b) && isSame(a, b))) return false;
  }
  return true;
}
