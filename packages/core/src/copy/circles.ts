import { Refusal } from './refusal.js';

/**
 * Finds values that hold themselves through an instance with a codec. A copy of one cannot be made: decoding the
 * instance would need the copy of what is around it, which is not there yet. (Circles within the data of an instance, and
 * through classes that are their fields, are no problem.)
 */
export class Circles {
  /** The objects on the way to the one at hand. */
  readonly #open: object[] = [];
  /** Where on it is the innermost instance that is being encoded; -1 for nowhere. */
  #innermost = -1;

  /** Goes down to an object. */
  enter(object: object): void {
    this.#open.push(object);
  }

  /** Goes back up. */
  leave(): void {
    this.#open.pop();
  }

  /** Looks into the data of the instance at hand. */
  within<T>(look: () => T): T {
    const before = this.#innermost;
    this.#innermost = this.#open.length - 1;
    const found = look();
    this.#innermost = before;
    return found;
  }

  /** Refuses an object that was met before, if it is around an instance that is being encoded. */
  check(met: object): void {
    if (this.#innermost < 0) return;
    const at = this.#open.indexOf(met);
    if (at < 0 || at > this.#innermost) return;
    throw new Refusal(
      'an object that holds itself through what a codec encodes',
      'Leave that reference out of what encode returns, or use recordCodec for the class, which keeps circles.',
    );
  }
}
