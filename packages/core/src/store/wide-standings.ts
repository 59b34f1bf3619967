import type { Frame } from '../codec/index.js';
import type { Answer } from './examine.js';
import { carries, tokenOf, type SharedNames } from './fences.js';
import type { Tokens } from './tokens.js';

/**
 * How the fences of cache and function stand, by what was read at once: the same for all calls of the function that are
 * answered by one read, as long as this process goes by the store's word.
 */
export class WideStandings {
  readonly #tokens: Tokens;
  #reading = 0;
  #cache: string | undefined;
  #function: string | undefined;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** Whether an entry has no fences but those two, nor tags, and both hold. To be asked only while the tokens are quiet. */
  hold(frame: Frame, names: SharedNames, { stored, sentAt }: Answer): boolean {
    if (names.tags.size > 0 || frame.tags.length > 0) return false;
    if (stored.reading !== this.#reading) {
      this.#reading = stored.reading;
      this.#cache = tokenOf(this.#tokens.standing(names.cache, stored.get(names.cache), sentAt));
      this.#function = tokenOf(this.#tokens.standing(names.function, stored.get(names.function), sentAt));
    }
    return carries(frame, this.#cache, this.#function);
  }
}
