import { createCache, type CacheOptions, type DataOptions } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';

/** A cached function whose answer is the number of its run, so that equal answers mean equal keys. */
export interface Serial {
  (...args: readonly unknown[]): Promise<number>;
  readonly calls: number;
  keyOf(...args: readonly unknown[]): string;
}

/** Makes one, named `load`. */
export function serial(options: DataOptions<readonly unknown[], number> = {}, cache: CacheOptions = {}): Serial {
  let calls = 0;
  const load = createCache({ clock: fakeClock(), ...cache }).cacheData(
    async (..._args: readonly unknown[]): Promise<number> => {
      calls += 1;
      return calls;
    },
    { name: 'load', ...options },
  );
  return Object.defineProperties((...args: readonly unknown[]) => load(...args), {
    calls: { get: () => calls },
    keyOf: { value: load.keyOf },
  }) as Serial;
}

/** How many keys these argument lists have among them. */
export async function keysAmong(lists: readonly (readonly unknown[])[], fn: Serial = serial()): Promise<number> {
  const answers = new Set<number>();
  for (const list of lists) answers.add(await fn(...list));
  return answers.size;
}
