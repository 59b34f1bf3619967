import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

/** Waits until what was registered is collected; what is held for ever is the test's failure. */
async function collected(make: () => Promise<object>): Promise<boolean> {
  const state = { gone: false };
  const registry = new FinalizationRegistry(() => {
    state.gone = true;
  });
  registry.register(await make(), undefined);
  for (let turn = 0; !state.gone && turn < 50; turn += 1) {
    await settle();
    globalThis.gc?.();
  }
  return state.gone;
}

test.each(['cacheData', 'cacheResource'] as const)(
  'a caller who leaves a run of %s that never ends is forgotten, with all that it said for itself',
  async (how) => {
    const { cache } = pond();
    const never = cache[how](async (_id: number) => gate<object>().passed);
    const context = new AsyncLocalStorage<object>();
    const request = await collected(async () => {
      const made = { big: 'request' };
      const leave = new AbortController();
      await context.run(made, async () => {
        const call = never.withOptions({ signal: leave.signal, observe: () => made })(1);
        const left = call.catch((error: unknown) => error);
        await settle();
        leave.abort();
        await left;
      });
      return made;
    });
    expect(request).toBe(true);
  },
);

test('a run over a store that never ends holds on to no context, though the key was asked in it again', async () => {
  const { cache } = pond({ name: 'shop', store: new Map() });
  const door = gate<object>();
  const never = cache.cacheData(async (_query: { id: number }) => door.passed, {
    name: 'never',
    maxConcurrent: 5,
  });
  const context = new AsyncLocalStorage<object>();
  const request = await collected(async () => {
    const made = { big: 'request' };
    const leave = new AbortController();
    await context.run(made, async () => {
      const left = never
        .withOptions({ signal: leave.signal })({ id: 1 })
        .catch((error: unknown) => error);
      await settle();
      await settle();
      leave.abort();
      await left;
    });
    return made;
  });
  expect(never.stats().runs).toBe(1);
  expect(request).toBe(true);
  door.open({});
});

test('a timer that a run has left behind does not hold on to its value', async () => {
  const { cache } = pond();
  const load = cache.cacheData(
    async () => {
      setInterval(() => {}, 1_000_000).unref();
      return { big: 'value' };
    },
    { copy: 'freeze' },
  );
  const value = await collected(async () => {
    const made = await load();
    await load.delete();
    return made;
  });
  expect(value).toBe(true);
});

test('many calls under one signal add one listener to it, and leave none behind', async () => {
  const { cache } = pond();
  const door = gate();
  const load = cache.cacheData(async (id: number) => door.passed.then(() => id));
  const { signal } = new AbortController();
  const calls = Array.from({ length: 30 }, (_, id) => load.withOptions({ signal })(id));
  await settle();
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  door.open();
  expect(await Promise.all(calls)).toHaveLength(30);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('of many calls under one signal all are let go when it aborts', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async (_id: number) => gate().passed);
  const leave = new AbortController();
  const { signal } = leave;
  const calls = [1, 2, 2, 3].map((id) => load.withOptions({ signal })(id));
  await settle();
  leave.abort(new Error('gone'));
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
});
