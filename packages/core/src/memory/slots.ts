import { onlyOfKey } from '../key/index.js';
import { LastingMap } from '../lasting-map.js';
import type { Entry } from './entry.js';

/**
 * The entries of one shelf, by their keys. Those whose key is of one primitive are found by that alone where they have a
 * Map of their own for it: so calls find them without making a text, and no text is held.
 */
export class Slots<E extends Entry> {
  readonly #byText = new LastingMap<string, E>();
  readonly #singles: LastingMap<unknown, E> | undefined;

  constructor(singles: LastingMap<unknown, E> | undefined) {
    this.#singles = singles;
  }

  get size(): number {
    return this.#byText.size + (this.#singles?.size ?? 0);
  }

  /** What stands for a key, undefined if that is its text. */
  onlyOf(key: string): unknown {
    return this.#singles && onlyOfKey(key);
  }

  /** `only`: what stands for the key, for those who know it. */
  get(key: string, only: unknown = this.onlyOf(key)): E | undefined {
    return (only === undefined ? undefined : this.#singles?.get(only)) ?? this.#byText.get(key);
  }

  add(entry: E): void {
    if (entry.only === undefined) this.#byText.set(entry.key, entry);
    else this.#singles?.set(entry.only, entry);
  }

  /** An entry that is in is found by the text of its key from now on. */
  byTextAlone(entry: E): void {
    this.delete(entry);
    entry.holdText();
    this.add(entry);
  }

  delete(entry: E): void {
    if (entry.only === undefined) this.#byText.delete(entry.key);
    else this.#singles?.delete(entry.only);
  }

  /** All that are there now. */
  list(): E[] {
    return [...this.#byText.values(), ...(this.#singles?.values() ?? [])];
  }
}
