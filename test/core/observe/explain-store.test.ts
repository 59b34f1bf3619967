import { describe, expect, test } from 'vitest';
import type { CacheEventType, Explanation } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { pond, record, within } from '../support/cache.js';
import { until } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';

const MINUTE = 60_000;
const windows = { ttl: '1m', staleWhileRevalidate: '2m', staleIfError: '3m', jitter: 0 } as const;

/** One process with a store: `tags` are known before the run, `learned` from its result. */
function boot(store: GatedStore, clock: FakeClock, tags: readonly string[] = [], learned: readonly string[] = []) {
  const { cache } = pond({ name: 'shop', store, clock, logger: { warn: () => {} } });
  const options = { name: 'load', version: 'v1', ...windows };
  const run = async (id: string): Promise<string> => {
    await clock.advance(30);
    return `value of ${id}`;
  };
  const load =
    learned.length > 0
      ? cache.cacheData(run, { ...options, tags: () => learned })
      : cache.cacheData(run, { ...options, tags });
  return { cache, load };
}

/** A store that has an entry, and a process that has not seen it. */
async function stored(tags?: readonly string[], learned?: readonly string[]) {
  const [store, clock] = [new GatedStore(), fakeClock()];
  const writer = boot(store, clock, tags, learned);
  await writer.load('a');
  await writer.cache.flush();
  const key = [...store.data.keys()].find((key) => key.includes('/e/')) ?? '';
  return { store, clock, key, writer, reader: boot(store, clock, tags, learned) };
}

describe('explain tells what the store holds', () => {
  test('an entry through all of its windows, under its key', async () => {
    const { clock, key, reader } = await stored(['t'], undefined);
    await clock.advance(10_000);
    expect(await reader.load.explain('a')).toMatchObject({
      next: 'hit',
      memory: { state: 'none', gone: undefined },
      store: {
        key,
        state: 'fresh',
        age: 10_000,
        computeMs: 30,
        freshFor: 50_000,
        staleWhileRevalidateFor: 170_000,
        staleIfErrorFor: 230_000,
        tags: ['t'],
        bytes: expect.any(Number),
      },
    });
    await clock.advance(MINUTE);
    expect(await reader.load.explain('a')).toMatchObject({ next: 'stale', store: { state: 'stale' } });
    await clock.advance(2 * MINUTE);
    expect(await reader.load.explain('a')).toMatchObject({ next: 'miss', store: { state: 'fallback' } });
    await clock.advance(MINUTE);
    expect(await reader.load.explain('a')).toMatchObject({ next: 'miss', store: { state: 'expired' } });
  });

  test('an entry that is outdated, and by which fence', async () => {
    const cases = [
      [(at: Awaited<ReturnType<typeof stored>>) => at.writer.load.clear(), { fence: 'function', lost: false }],
      [(at: Awaited<ReturnType<typeof stored>>) => at.writer.cache.clear(), { fence: 'cache', lost: false }],
      [
        (at: Awaited<ReturnType<typeof stored>>) => at.writer.cache.invalidateTags('t'),
        { fence: 'tag', tag: 't', lost: false },
      ],
      [(at: Awaited<ReturnType<typeof stored>>) => lose(at.store, '/f/'), { fence: 'function', lost: true }],
      [(at: Awaited<ReturnType<typeof stored>>) => lose(at.store, '/t/'), { fence: 'tag', tag: 't', lost: true }],
    ] as const;
    for (const [act, by] of cases) {
      for (const tags of [[['t']], [undefined, ['t']]] as const) {
        const at = await stored(...tags);
        await act(at);
        const { store, next } = await at.reader.load.explain('a');
        expect({ store, next }).toMatchObject({ next: 'miss', store: { state: 'invalidated', by } });
      }
    }
  });

  test('a deleted one is not there, and that it was deleted is seen from every process', async () => {
    const { writer, reader } = await stored();
    await writer.load.delete('a');
    for (const { load } of [writer, reader]) {
      expect((await load.explain('a')).store).toMatchObject({ state: 'none', deleted: true });
      expect((await load.explain('b')).store).toMatchObject({ state: 'none', deleted: false });
    }
  });

  test('what is damaged, which stays as it is and is told nobody', async () => {
    const { store, key, reader } = await stored();
    const heard = record(reader.cache, 'storeDamaged');
    const text = String(store.data.get(key));
    for (const [damaged, why] of [
      [text.slice(0, -1), 'its length is not what it says'],
      ['something else', 'it was not written by Millpond'],
    ]) {
      store.data.set(key, damaged);
      expect((await reader.load.explain('a')).store).toEqual({ key, state: 'damaged', why });
      expect(store.data.get(key)).toBe(damaged);
    }
    expect(heard).toEqual([]);
  });

  test('an entry whose payload cannot be read by the function of today', async () => {
    const [store, clock] = [new GatedStore(), fakeClock()];
    const dated = (copy: 'clone' | 'freeze') => {
      const { cache } = pond({ name: 'shop', store, clock });
      return {
        cache,
        load: cache.cacheData(async (): Promise<object> => ({ at: new Date(0) }), { name: 'load', copy }),
      };
    };
    const before = dated('clone');
    await before.load();
    await before.cache.flush();
    const { store: told, next } = await dated('freeze').load.explain();
    expect({ told, next }).toMatchObject({
      told: { state: 'damaged', why: 'its payload cannot be read' },
      next: 'miss',
    });
  });

  test('nothing, when it does not answer within the deadline', async () => {
    const { store, clock, key, reader } = await stored();
    const hold = store.hold(({ kind }) => kind === 'get');
    const explained = await within(clock, 200, reader.load.explain('a'));
    expect(explained).toMatchObject({ next: 'miss', store: { key, state: 'down' } });
    await hold.release();
  });

  test('nothing of another version: its entries have other keys', async () => {
    const { store, clock, key } = await stored();
    const { cache } = pond({ name: 'shop', store, clock });
    const load = cache.cacheData(async (id: string) => id, { name: 'load', version: 'v2', ...windows });
    const explained = await load.explain('a');
    expect(explained).toMatchObject({ store: { state: 'none', deleted: false }, key: { version: 'v2' } });
    expect(explained.store?.key).not.toBe(key);
  });
});

test('explain writes nothing into the store, makes no tokens, and leaves memory as it is', async () => {
  const [store, clock] = [new GatedStore(), fakeClock()];
  const { cache, load } = boot(store, clock, ['t']);
  const all: CacheEventType[] = ['hit', 'miss', 'stale', 'computed', 'stored', 'storeFailed'];
  const heard = record(cache, ...all);
  const stats = load.stats();
  expect(await load.explain('a')).toMatchObject({ next: 'miss', store: { state: 'none' } });
  await cache.flush();
  expect(store.log.filter(({ kind }) => kind !== 'get')).toEqual([]);
  const { reader } = await stored(['t']);
  await reader.load.explain('a');
  expect(reader.load.stats().entries).toBe(0);
  expect({ heard, stats: load.stats() }).toEqual({ heard: [], stats });
});

test('explain sees memory as it is when the answer of the store has come', async () => {
  const { store, reader } = await stored();
  const hold = store.hold(({ kind }) => kind === 'get', 'reply');
  const explained = reader.load.explain('a');
  const called = reader.load('a');
  await until(() => hold.held.length > 0);
  const during: Promise<Explanation> = reader.load.explain('a');
  await hold.release();
  await called;
  expect(await explained).toMatchObject({ store: { state: 'fresh' } });
  expect(await during).toMatchObject({
    next: 'hit',
    store: { state: 'fresh' },
    memory: { state: 'fresh', trustedFor: 10_000 },
  });
});

test('a run that asks the store says so', async () => {
  const { store, reader } = await stored();
  const hold = store.hold(({ kind }) => kind === 'get', 'reply');
  const called = reader.load('a');
  await until(() => hold.held.length > 0);
  hold.takeNoMore();
  expect(await reader.load.explain('a')).toMatchObject({ next: 'join', run: { phase: 'store', waiting: 1 } });
  await hold.release();
  await called;
});

test('the summary tells of the store', async () => {
  const { store, key, writer, reader } = await stored(['users']);
  const summary = async (): Promise<string> => (await reader.load.explain('a')).summary;
  const start = 'load (s1:a): a call now is a';
  expect(await summary()).toBe(`${start} hit. Memory has nothing. The store has it fresh, 0 ms old, for 1 min more.`);
  await writer.cache.invalidateTags('users');
  expect(await summary()).toBe(
    `${start} miss. Memory has nothing. The store has it, 0 ms old, but the tag "users" was invalidated.`,
  );
  store.data.set(key, 'x');
  expect(await summary()).toContain('The store has something else: it was not written by Millpond.');
  await writer.load.delete('a');
  expect(await summary()).toContain('The store has nothing: it was deleted within the hour.');
});

function lose(store: GatedStore, part: string): void {
  for (const key of store.data.keys()) if (key.includes(part)) store.data.delete(key);
}
