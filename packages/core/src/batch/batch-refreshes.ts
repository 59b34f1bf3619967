import type { Refreshes } from '../run/refresh.js';
import { afterThisTurn } from './tick.js';

/** Refreshes of the ids of one turn: they are one load, so they take one place among the refreshes of the cache. */
export class BatchRefreshes {
  readonly #all: Pick<Refreshes, 'run'>;
  #together: Promise<void>[] | undefined;

  constructor(all: Pick<Refreshes, 'run'>) {
    this.#all = all;
  }

  /** See {@link Refreshes.run}. */
  run(refresh: () => Promise<void>, now: number, timeout: number): boolean {
    if (this.#together === undefined) return this.#all.run(() => this.#first(refresh), now, timeout);
    this.#together.push(refresh());
    return true;
  }

  async #first(refresh: () => Promise<void>): Promise<void> {
    const together = [refresh()];
    this.#together = together;
    await new Promise<void>(afterThisTurn);
    this.#together = undefined;
    await Promise.all(together);
  }
}
