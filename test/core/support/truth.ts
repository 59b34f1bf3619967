import { expect } from 'vitest';

/** What a function fails with when a test lets it fail. */
export class Down extends Error {}

/** For a caller who expects as much; any other failure is one of the test. */
export function unlessDown(error: unknown): undefined {
  if (!(error instanceof Down)) throw error;
}

/** An answer of a cached function: which version of the truth it tells. */
export interface Told {
  readonly version: number;
}

/** Something that changes, and what those who ask a cache about it have been promised. */
export class Truth {
  #now = 0;
  #promised = 0;

  /** The version that holds now. */
  get now(): number {
    return this.#now;
  }

  /** Changes it and tells the cache; as soon as the cache has taken notice, nobody may get what was before. */
  async change(tell: () => Promise<unknown>): Promise<void> {
    this.#now += 1;
    const version = this.#now;
    await tell();
    this.#promised = Math.max(this.#promised, version);
  }

  /** Asks: what one gets is no older than what was promised when one asked. A function that is down may say so. */
  async ask(call: () => Promise<Told>): Promise<void> {
    const atLeast = this.#promised;
    const told = await call().catch(unlessDown);
    if (told !== undefined) expect(told.version).toBeGreaterThanOrEqual(atLeast);
  }
}
