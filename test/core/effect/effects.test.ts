import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';
import { noted } from './support.js';

describe('S106: an effect inside a cached function', () => {
  test('acts once on the miss and once on every hit, in order, with equal arguments', async () => {
    const { cache, log, note } = noted();
    const load = cache.cacheData(async (id: string) => {
      note(`begin ${id}`);
      await settle();
      note(`end ${id}`);
      return id;
    });
    await load('a');
    expect(log).toEqual(['begin a', 'end a']);
    await load('a');
    await load('a');
    expect(log).toEqual(['begin a', 'end a', 'begin a', 'end a', 'begin a', 'end a']);
  });

  test('of an inner cached function acts on a hit of the outer one', async () => {
    const { cache, log, note } = noted();
    const inner = cache.cacheData(async (id: string) => {
      note(`inner ${id}`);
      return id;
    });
    const outer = cache.cacheData(async () => {
      note('outer');
      return [await inner('a'), await inner('b')];
    });
    await inner('b');
    log.length = 0;
    await outer();
    await outer();
    expect(log).toEqual(['outer', 'inner a', 'inner b', 'outer', 'inner a', 'inner b']);
  });

  test('is forgotten with `delete`', async () => {
    const { cache, log, note } = noted();
    const state = { warns: true };
    const load = cache.cacheData(async () => {
      if (state.warns) note('warned');
      return 1;
    });
    await load();
    await load.delete();
    state.warns = false;
    await load();
    await load();
    expect(log).toEqual(['warned']);
  });

  test('acts for synchronous functions as well, also one inside the other', () => {
    const { cache, log, note } = noted();
    const inner = cache.cacheDataSync(() => note('inner'));
    const outer = cache.cacheDataSync(() => {
      note('outer');
      inner();
    });
    outer();
    outer();
    inner();
    expect(log).toEqual(['outer', 'inner', 'outer', 'inner', 'inner']);
  });

  test('acts with each row of a load of `cacheBatch`', async () => {
    const { cache, log, note } = noted();
    const load = cache.cacheBatch(async (ids: readonly number[]) => {
      note(`load of ${ids.length}`);
      return [...ids];
    });
    await load.many([1, 2]);
    await load(1);
    expect(log).toEqual(['load of 2', 'load of 2', 'load of 2']);
  });

  test('acts with a stale answer, and a refresh behind it only records', async () => {
    const { cache, clock, log, note } = noted();
    let runs = 0;
    const load = cache.cacheData(async () => note(`run ${(runs += 1)}`), { ttl: '10s', staleWhileRevalidate: '1m' });
    await load();
    await clock.advance(10_000);
    await load();
    await settle();
    expect([runs, log]).toEqual([2, ['run 1', 'run 1']]);
    await load();
    expect(log).toEqual(['run 1', 'run 1', 'run 2']);
  });
});

describe('hazard 30: effects', () => {
  test('whose action calls a function that brings them again act once, and an event says why', async () => {
    const { cache } = pond({ logger: { warn: () => undefined } });
    const heard = record(cache, 'effectFailed');
    let acted = 0;
    const audit = cache.effect('audit', () => {
      acted += 1;
      void getLevel();
    });
    const getLevel = cache.cacheData(async () => audit(), { name: 'getLevel' });
    await getLevel();
    await getLevel();
    expect(acted).toBe(2);
    expect(heard).toMatchObject([
      { effect: 'audit', fn: 'getLevel', error: { code: 'ERR_MILLPOND_EFFECT' } },
      { effect: 'audit', fn: 'getLevel', error: { message: expect.stringContaining('would go on for ever') } },
    ]);
  });

  test('act in the async context of each who is answered: who started the run, who joined, who hits', async () => {
    const als = new AsyncLocalStorage<string>();
    const { cache } = pond();
    const log: string[] = [];
    const header = cache.effect('header', (text: string) => log.push(`${als.getStore()}: ${text}`));
    const door = gate();
    const load = cache.cacheData(async () => {
      header('private');
      await door.passed;
      return 1;
    });
    const calls = ['Ada', 'Bob'].map((user) => als.run(user, () => load()));
    await settle();
    expect(log).toEqual([]);
    door.open();
    await Promise.all(calls);
    await als.run('Cy', () => load());
    expect(log.toSorted()).toEqual(['Ada: private', 'Bob: private', 'Cy: private']);
  });

  test('replay in the order of the calls under Promise.all, whichever ends first', async () => {
    const { cache, log, note } = noted();
    const doors = { a: gate(), b: gate() };
    const inner = cache.cacheData(async (id: 'a' | 'b') => {
      await doors[id].passed;
      note(id);
    });
    const outer = cache.cacheData(async () => {
      const both = Promise.all([inner('a'), inner('b')]);
      note('between');
      await both;
    });
    const call = outer();
    await settle();
    doors.b.open();
    await settle();
    doors.a.open();
    await call;
    expect(log).toEqual(['a', 'b', 'between']);
  });

  test('that fail change no answer: `effectFailed` tells, also of what rejects later', async () => {
    const { cache } = pond({ logger: { warn: () => {} } });
    const heard = record(cache, 'effectFailed');
    const throws = cache.effect('throws', () => {
      throw new Error('no');
    });
    const rejects = cache.effect('rejects', () => Promise.reject(new Error('later')));
    const load = cache.cacheData(
      async () => {
        throws();
        rejects();
        return 1;
      },
      { name: 'load' },
    );
    expect([await load(), await load()]).toEqual([1, 1]);
    const told = (effect: string, message: string) => ({ effect, fn: 'load', key: load.keyOf(), error: { message } });
    const both = [told('throws', 'no'), told('rejects', 'later')];
    expect(heard).toMatchObject([...both, ...both]);
  });

  test('that were recorded before a failure act for each who gets the failure, kept ones too', async () => {
    const { cache, log, note } = noted();
    const load = cache.cacheData(
      async () => {
        note('tried');
        throw new Error('down');
      },
      { errorTtl: '1m' },
    );
    await Promise.all([failureOf(load()), failureOf(load())]);
    await failureOf(load());
    expect([log, load.stats().runs]).toEqual([['tried', 'tried', 'tried'], 1]);
  });

  test('of what is left running behind the result act at once, and are not recorded', async () => {
    const { cache, log, note } = noted();
    const door = gate();
    const load = cache.cacheData(async () => {
      void door.passed.then(() => note('late'));
      return 1;
    });
    await load();
    door.open();
    await settle();
    await load();
    expect(log).toEqual(['late']);
  });

  test('hazard 26: inside an outer function with `inherit: false` are none of its own', async () => {
    const { cache, log, note } = noted();
    const inner = cache.cacheData(async () => note('inner'));
    const outer = cache.cacheData(
      async () => {
        note('outer');
        await inner();
      },
      { inherit: false },
    );
    await outer();
    await outer();
    expect(log).toEqual(['outer', 'outer']);
  });
});

test('an effect acts at once outside a cached function, and inside a factory of a resource', async () => {
  const { cache, log, note } = noted();
  note('outside');
  expect(log).toEqual(['outside']);
  const pool = cache.cacheResource(async () => {
    note('built');
    return {};
  });
  await pool();
  await pool();
  expect(log).toEqual(['outside', 'built']);
});

test('what an action throws outside a cached function reaches its caller', () => {
  const { cache } = pond();
  const broken = cache.effect('broken', () => {
    throw new Error('no');
  });
  expect(() => broken()).toThrow('no');
});

test('an action that returns a query which waits to be awaited is carried out, with each hit', async () => {
  const { cache } = pond();
  const written: string[] = [];
  const insert = (text: string): PromiseLike<void> => ({
    // oxlint-disable-next-line unicorn/no-thenable -- what query builders are
    then(onDone, onFailed) {
      written.push(text);
      return Promise.resolve().then(onDone, onFailed);
    },
  });
  const audit = cache.effect('audit', insert);
  const load = cache.cacheData(async () => audit('read'));
  audit('outside');
  await load();
  await load();
  await settle();
  expect(written).toEqual(['outside', 'read', 'read']);
});

test('each act gets arguments of its own, as they were when the effect was called', async () => {
  const { cache } = pond();
  const seen: unknown[] = [];
  const collect = cache.effect('collect', (list: number[]) => {
    seen.push([...list]);
    list.push(-1);
  });
  const load = cache.cacheData(async () => {
    const list = [1];
    collect(list);
    list.push(2);
  });
  await load();
  await load();
  expect(seen).toEqual([[1], [1]]);
});

test('a disabled cache lets effects act in the context of the caller, as an enabled one does', async () => {
  const als = new AsyncLocalStorage<string>();
  const cache = createCache({ enabled: false });
  const log: unknown[] = [];
  const note = cache.effect('note', (text: string) => log.push([als.getStore(), text]));
  const load = cache.cacheData(async () => note('data'));
  const sum = cache.cacheDataSync(() => note('sync'));
  const batch = cache.cacheBatch(async (ids: readonly number[]) => {
    note('batch');
    return [...ids];
  });
  await als.run('Ada', () => load());
  als.run('Ada', () => sum());
  await als.run('Ada', () => batch(1));
  expect(log).toEqual([
    ['Ada', 'data'],
    ['Ada', 'sync'],
    ['Ada', 'batch'],
  ]);
});
