import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createCache, type Cache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';

type Kind = 'global' | 'session' | 'request';

const inScope = <R>(cache: Cache, fn: () => R): Promise<Awaited<R>> => cache.runInScope({ session: 'one' }, fn);

/** How a function of a kind calls another. */
const outers: [string, (cache: Cache, inner: () => unknown, scope: Kind) => () => unknown][] = [
  ['data', (cache, inner, scope) => cache.cacheData(async () => (await inner(), 1), { name: 'outer', scope })],
  [
    'data with inherit: false',
    (cache, inner, scope) => cache.cacheData(async () => (await inner(), 1), { name: 'outer', scope, inherit: false }),
  ],
  [
    "data with context: 'caller'",
    (cache, inner, scope) =>
      cache.cacheData(async () => (await inner(), 1), { name: 'outer', scope, context: 'caller' }),
  ],
  [
    'a resource',
    (cache, inner, scope) => cache.cacheResource(async () => (await inner(), {}), { name: 'outer', scope }),
  ],
  [
    'synchronous data',
    (cache, inner, scope) => cache.cacheDataSync(() => ({ it: inner() }), { name: 'outer', scope, copy: 'share' }),
  ],
];

describe('hazard 27: inside a run a function has the scope of the run', () => {
  const inners: [string, (cache: Cache, scope: 'session' | 'request') => () => unknown][] = [
    ['data', (cache, scope) => cache.cacheData(async () => 1, { name: 'inner', scope })],
    ['synchronous data', (cache, scope) => cache.cacheDataSync(() => 1, { name: 'inner', scope })],
    ['a resource', (cache, scope) => cache.cacheResource(async () => ({}), { name: 'inner', scope })],
  ];
  const both = outers.flatMap(([of, outer]) => inners.map(([called, inner]) => ({ of, outer, called, inner })));

  test.each(both)(
    '$called called in a run of $of that is wider is an error that names both',
    async ({ outer, inner }) => {
      for (const [wide, narrow] of [
        ['global', 'session'],
        ['global', 'request'],
        ['session', 'request'],
      ] as const) {
        const { cache } = pond();
        const called = inner(cache, narrow);
        const calling = outer(cache, called, wide);
        const error = await failureOf(inScope(cache, async () => settled(await calling())));
        expect(error).toMatchObject({ code: 'ERR_MILLPOND_SCOPE' });
        expect(String(error)).toContain(`inner (scope '${narrow}') was called inside outer (scope '${wide}')`);
        const [first] = cache.stats().functions;
        expect(first).toMatchObject({ name: 'inner', runs: 0 });
      }
    },
  );

  test.each(both)('$called called in a run of $of that is as wide or narrower is of the same scope', async (made) => {
    for (const [wide, narrow] of [
      ['session', 'session'],
      ['request', 'session'],
      ['request', 'request'],
    ] as const) {
      const { cache } = pond();
      const called = made.inner(cache, narrow);
      const calling = made.outer(cache, called, wide);
      await inScope(cache, async () => [await settled(await calling()), await called()]);
      const [first] = cache.stats().functions;
      expect(first).toMatchObject({ name: 'inner', runs: 1, hits: 1 });
    }
  });

  test('an error is not kept, and the function answers outside the other', async () => {
    const { cache } = pond();
    const inner = cache.cacheData(async () => 1, { scope: 'session' });
    const outer = cache.cacheData(async () => inner());
    const answers = await inScope(cache, async () => [
      await failureOf(outer()),
      await failureOf(outer()),
      await inner(),
    ]);
    expect(answers[2]).toBe(1);
    expect([outer.stats().errors, outer.stats().entries]).toEqual([2, 0]);
  });

  test('nor can a run of another cache see a scope, whatever was opened around it', async () => {
    const [one, other] = [createCache(), createCache()];
    const inner = one.cacheData(async () => 1, { name: 'inner', scope: 'session' });
    const outer = other.cacheData(async () => inner(), { name: 'outer', scope: 'session', context: 'caller' });
    const error = await failureOf(inScope(one, () => inScope(other, outer)));
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_SCOPE' });
    expect(String(error)).toContain('inside outer (of which this cache knows no scope)');
    await Promise.all([one.close(), other.close()]);
  });

  test('`validate` has the scope of its resource, and `onRelease` none', async () => {
    const { cache } = pond({ logger: { warn: () => {} } });
    const seen: unknown[] = [];
    const user = cache.cacheData(async () => 'ann', { name: 'user', scope: 'session' });
    const pool = cache.cacheResource(async () => ({}), {
      name: 'pool',
      scope: 'session',
      validate: async () => seen.push(await user()) > 0,
      onRelease: async () => seen.push(await failureOf(user())),
    });
    await inScope(cache, async () => [await pool(), await pool()]);
    await cache.endSession('one');
    expect(seen).toEqual(['ann', expect.objectContaining({ code: 'ERR_MILLPOND_SCOPE' })]);
  });

  test('a refresh behind a stale answer is of the scope of that answer, outside any request', async () => {
    const { cache, clock } = pond();
    const users = new Map([['one', 'ann']]);
    const user = cache.cacheData(async () => users.get('one'), { scope: 'session' });
    const seen: unknown[] = [];
    const options = { scope: 'session', ttl: '1m', staleWhileRevalidate: '1h' } as const;
    const page = cache.cacheData(async () => seen.push(await user()), options);
    for (let turn = 0; turn < 2; turn += 1) {
      await inScope(cache, page);
      await clock.advance(60_000);
    }
    await settle();
    expect(seen).toEqual(['ann', 'ann']);
    expect(user.stats().runs).toBe(1);
  });

  test('a session that ends meanwhile takes its scope with it', async () => {
    const { cache } = pond();
    const door = gate();
    const inner = cache.cacheData(async () => 1, { name: 'inner', scope: 'session' });
    const outer = cache.cacheData(async () => (await door.passed, inner()), { name: 'outer', scope: 'session' });
    const call = failureOf(inScope(cache, outer));
    await settle();
    await cache.endSession('one');
    door.open();
    expect(String(await call)).toContain('the one that it was called in is over');
  });
});

/** What a synchronous outer function hands out holds the promise of the inner one. */
async function settled(answer: unknown): Promise<unknown> {
  return typeof answer === 'object' && answer !== null && 'it' in answer ? answer.it : answer;
}

test('hazard 20: `this` is part of the key in a scope too', async () => {
  const { cache } = pond();
  class Shop {
    readonly name: string;
    constructor(name: string) {
      this.name = name;
    }
  }
  const load = cache.cacheData(
    async function (this: unknown) {
      return this instanceof Shop ? this.name : 'none';
    },
    { scope: 'session' },
  );
  const [one, two] = [new Shop('one'), new Shop('two')];
  const answers = await inScope(cache, async () => [await load.call(one), await load.call(two), await load.call(one)]);
  expect(answers).toEqual(['one', 'two', 'one']);
  expect(load.stats().runs).toBe(2);
});

describe('hazard 28: a resource as an argument is keyed by whose it is', () => {
  const identity = (): string => 'db';

  test('two sessions do not share what was made of theirs, in memory and over a store', async () => {
    for (const store of [undefined, new Map<string, unknown>()]) {
      await using cache = createCache({ name: 'shop', ...(store && { store }) });
      let built = 0;
      const pool = cache.cacheResource(async () => ({ id: (built += 1) }), {
        name: 'pool',
        scope: 'session',
        identity,
      });
      const rows = cache.cacheData(async (of: { readonly id: number }) => `rows of ${of.id}`, { name: 'rows' });
      const ask = (session: string): Promise<string> => cache.runInScope({ session }, async () => rows(await pool()));
      expect([await ask('one'), await ask('two'), await ask('one')]).toEqual(['rows of 1', 'rows of 2', 'rows of 1']);
      expect(rows.stats()).toMatchObject({ runs: 2, hits: 1 });
    }
  });

  test('one of a request has no key over a store, with what to pass instead', async () => {
    await using cache = createCache({ name: 'shop', store: new Map() });
    const rows = cache.cacheData(async (_of: object) => 1, { name: 'rows' });
    const own = cache.cacheResource(async () => ({}), { name: 'own', scope: 'request', identity });
    const shared = cache.cacheResource(async () => ({}), { name: 'shared', scope: 'session', identity });
    for (const session of ['one', { anonymous: true }] as const) {
      const error = await failureOf(cache.runInScope({ session }, async () => rows(await own())));
      expect(error).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
      expect(String(error)).toContain(
        'It is of one request, and the entry outlives that in a store: pass what it was made of',
      );
    }
    const anonymous = cache.runInScope({ session: { anonymous: true } }, async () => rows(await shared()));
    expect(String(await failureOf(anonymous))).toContain('It is of one request');
  });
});

test('hazard 47: no storage is switched on before a scope is opened', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => 1);
  const scoped = cache.cacheData(async () => 1, { scope: 'session' });
  const run = vi.spyOn(AsyncLocalStorage.prototype, 'run');
  onTestFinished(() => run.mockRestore());
  const storages = (): number => new Set(run.mock.contexts).size;
  await load();
  await failureOf(scoped());
  expect(storages()).toBe(1);
  await inScope(cache, scoped);
  expect(storages()).toBe(2);
});
