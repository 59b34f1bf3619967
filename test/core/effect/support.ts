import type { Cache } from '@millpond/core';
import type { FakeClock } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';

/** A cache with an effect that notes its texts. */
export function noted(): Noted {
  const made = pond();
  const log: string[] = [];
  const note = made.cache.effect('note', (text: string) => log.push(text));
  return { ...made, log, note };
}

/** See {@link noted}. */
export interface Noted {
  readonly cache: Cache;
  readonly clock: FakeClock;
  readonly log: string[];
  readonly note: (text: string) => void;
}
