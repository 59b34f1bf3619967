import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { noted } from '../effect/support.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

interface Row {
  readonly run: number;
}

/** A cached function whose runs wait, each for its own gate; it answers with the number of its run (from 1). */
function waiting(tags: readonly string[] | (() => readonly string[]) = ['rows']) {
  const { cache } = pond();
  const doors = [gate(), gate(), gate()];
  let runs = 0;
  const load = cache.cacheData(
    async (_id: string): Promise<Row> => {
      const run = ++runs;
      await doors[run - 1]?.passed;
      return { run };
    },
    { name: 'load', tags },
  );
  return { cache, load, open: (run: number) => doors[run - 1]?.open() };
}

describe('many who call with one argument while a run is under way', () => {
  test('wait for that one run, are counted, and get a copy each', async () => {
    const { load, open } = waiting();
    const calls = Array.from({ length: 1000 }, () => load('a'));
    open(1);
    const rows = await Promise.all(calls);
    expect(rows).toEqual(Array.from({ length: 1000 }, () => ({ run: 1 })));
    expect(new Set(rows).size).toBe(1000);
    expect(load.stats()).toMatchObject({ runs: 1, joins: 999 });
  });

  test('say for themselves what they say', async () => {
    const { load, open } = waiting();
    const heard: string[] = [];
    const observed = load.withOptions({ observe: ({ type }) => heard.push(type) });
    const calls = [load('a'), load('a'), observed('a'), load('a'), load('a')];
    open(1);
    await Promise.all(calls);
    expect(heard).toEqual(['join']);
  });

  test('go on in their own async contexts', async () => {
    const { load, open } = waiting();
    const requests = new AsyncLocalStorage<number>();
    const calls = Array.from({ length: 5 }, (_, request) =>
      requests.run(request, async () => {
        await load('a');
        return requests.getStore();
      }),
    );
    open(1);
    expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4]);
  });

  test.each([
    ['known from the start', ['rows']],
    ['known from the result', () => ['rows']],
  ])('join another run when its tag was invalidated before they called: the tag is %s', async (_, tags) => {
    const { cache, load, open } = waiting(tags);
    const before = [load('a'), load('a'), load('a')];
    await cache.invalidateTags('rows');
    const after = [load('a'), load('a'), load('a')];
    open(1);
    open(2);
    expect(await Promise.all(before)).toEqual([{ run: 1 }, { run: 1 }, { run: 1 }]);
    expect(await Promise.all(after)).toEqual([{ run: 2 }, { run: 2 }, { run: 2 }]);
  });

  test.each(['delete', 'clear'] as const)('join another run after %s', async (how) => {
    const { load, open } = waiting();
    const before = [load('a'), load('a'), load('a')];
    await (how === 'delete' ? load.delete('a') : load.clear());
    const after = [load('a'), load('a'), load('a')];
    open(1);
    open(2);
    expect(await Promise.all([...before, ...after])).toEqual([1, 1, 1, 2, 2, 2].map((run) => ({ run })));
  });

  test('are answered from memory as soon as an older run has filled it, and do not wait for the newer', async () => {
    const { load, open } = waiting();
    const first = load('a');
    const refresh = load.refresh('a');
    const joined = [load('a'), load('a')];
    open(1);
    expect(await first).toEqual({ run: 1 });
    expect(await load('a')).toEqual({ run: 1 });
    open(2);
    expect(await Promise.all([refresh, ...joined])).toEqual([{ run: 2 }, { run: 2 }, { run: 2 }]);
  });

  test('are answered by a failure that is kept, and do not wait for the newer', async () => {
    const { cache } = pond();
    const doors = [gate(), gate()];
    let runs = 0;
    const load = cache.cacheData(
      async (_id: string) => {
        const run = ++runs;
        await doors[run - 1]?.passed;
        return run;
      },
      { name: 'load', errorTtl: '1m' },
    );
    const first = load('a');
    const others = [load.refresh('a'), load('a'), load('a')];
    doors[0]?.fail(new Error('down'));
    await expect(first).rejects.toThrow('down');
    await expect(load('a')).rejects.toThrow('down');
    doors[1]?.open();
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
  });

  test('wait no longer than their function lets them', async () => {
    const { cache, clock } = pond();
    const never = gate();
    const load = cache.cacheData(async (_id: string) => never.passed, { name: 'load', hardTimeout: '1s' });
    const calls = Promise.allSettled([load('a'), load('a'), load('a'), load('a')]);
    await clock.advance('1s');
    for (const outcome of await calls) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_MILLPOND_TIMEOUT' } });
    }
  });

  test('of whom some are runs: these inherit its tags', async () => {
    const { cache, load, open } = waiting();
    const outer = cache.cacheData(async (of: string) => ({ of, ...(await load('a')) }), { name: 'outer' });
    const calls = [load('a'), load('a'), outer('x'), load('a')];
    open(1);
    await Promise.all(calls);
    open(2);
    await cache.invalidateTags('rows');
    expect(await outer('x')).toEqual({ of: 'x', run: 2 });
  });

  test('of whom some are runs: the effects keep the places in them where they called', async () => {
    const { cache, log, note } = noted();
    const begin = gate();
    const load = cache.cacheData(async (id: string) => {
      await begin.passed;
      note('in load');
      return id;
    });
    const outer = cache.cacheData(async () => {
      const loading = load('a');
      note('after the call');
      return loading;
    });
    const calls = [load('a'), load('a'), outer()];
    begin.open();
    await Promise.all(calls);
    log.length = 0;
    await outer();
    expect(log).toEqual(['in load', 'after the call']);
  });

  test('of whom one is the run itself: that one is told', async () => {
    const { cache } = pond();
    const begin = gate();
    const load: (id: string) => Promise<unknown> = cache.cacheData(
      async (id: string): Promise<unknown> => {
        await begin.passed;
        return load(id);
      },
      { name: 'load' },
    );
    const calls = [load('a'), load('a'), load('a')];
    begin.open();
    for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 'ERR_MILLPOND_RECURSIVE_CALL' });
    }
  });

  test('on different instances each wait for the run of their own', async () => {
    const { cache } = pond();
    const begin = gate();
    class Shop {
      readonly name: string;
      constructor(name: string) {
        this.name = name;
      }
      readonly load = load;
    }
    async function loadOf(this: { name: string }, id: string): Promise<string> {
      await begin.passed;
      return `${this.name} ${id}`;
    }
    const load = cache.cacheData(loadOf, { name: 'load' });
    const [one, other] = [new Shop('one'), new Shop('other')];
    const calls = [one.load('a'), one.load('a'), other.load('a'), other.load('a'), one.load('a')];
    begin.open();
    expect(await Promise.all(calls)).toEqual(['one a', 'one a', 'other a', 'other a', 'one a']);
  });

  test('and it fails: each gets the failure, and the next caller a run of their own', async () => {
    const { cache } = pond();
    const begin = gate();
    let runs = 0;
    const load = cache.cacheData(
      async (_id: string) => {
        runs += 1;
        await begin.passed;
        if (runs === 1) throw new Error('down');
        return runs;
      },
      { name: 'load' },
    );
    const calls = [load('a'), load('a'), load('a')];
    begin.open();
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'down' } });
    }
    expect(await load('a')).toBe(2);
  });
});
