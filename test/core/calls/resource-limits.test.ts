import { describe, expect, test } from 'vitest';
import type { ResourceOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, unchecked, watch } from '../support/gate.js';
import { pools, type Pool } from '../support/leased-pools.js';

const SLOW = { ttl: '10s', staleIfError: '1h', softTimeout: '100ms', releaseAfter: 0 } as const;

/** A resource past its ttl, and a factory whose next run waits for the test. */
async function aged(options: ResourceOptions<[name?: string], Pool>) {
  const made = pools(options);
  await made.pool();
  await made.clock.advance(10_000);
  const door = gate();
  made.factory.waitsFor = door.passed;
  return { ...made, door };
}

describe('softTimeout of a resource', () => {
  test('hands out the one past its ttl when building takes longer; what is built is kept', async () => {
    const { cache, pool, clock, door, released } = await aged(SLOW);
    const stale = record(cache, 'stale');
    const call = pool();
    await clock.advance(99);
    expect(watch(call).settled).toBe(false);
    await clock.advance(1);
    expect((await call).id).toBe(1);
    expect(stale).toMatchObject([{ cause: 'timeout', age: 10_100 }]);
    door.open();
    await settle();
    expect((await pool()).id).toBe(2);
    await settle();
    expect(released).toEqual([[1, 'replace']]);
  });

  test('goes on waiting when `validate` refuses the one past its ttl', async () => {
    const { pool, clock, door, released } = await aged({ ...SLOW, validate: () => false });
    const call = pool();
    await clock.advance(100);
    await settle();
    expect([watch(call).settled, released]).toEqual([false, [[1, 'invalid']]]);
    door.open();
    expect((await call).id).toBe(2);
  });

  test('lets wait who has nothing to be handed out', async () => {
    const { pool, clock, factory } = pools(SLOW);
    const door = gate();
    factory.waitsFor = door.passed;
    const call = pool();
    await clock.advance(1_000);
    expect(watch(call).settled).toBe(false);
    door.open();
    expect((await call).id).toBe(1);
  });

  test.each([
    [{ ttl: '10s', softTimeout: '1s' }, /staleIfError/],
    [{ ttl: '10s', staleIfError: '1h', softTimeout: '2s', hardTimeout: '1s' }, /shorter than `hardTimeout`/],
  ])('%j is refused', (options, why) => {
    expect(() => pools(options)).toThrow(why);
  });
});

describe('hardTimeout of a resource', () => {
  test('rejects a caller who has waited so long; what is built is kept, and not released', async () => {
    const { pool, clock, factory, released } = pools({ hardTimeout: '1s' });
    const door = gate();
    factory.waitsFor = door.passed;
    const one = failureOf(pool());
    await clock.advance(500);
    const other = pool();
    await clock.advance(500);
    expect(await one).toMatchObject({ code: 'ERR_MILLPOND_TIMEOUT', message: expect.stringMatching(/1000 ms/) });
    expect(watch(other).settled).toBe(false);
    door.open();
    expect((await other).id).toBe(1);
    expect([(await pool()).id, factory.built, released]).toEqual([1, 1, []]);
  });

  test('hands out what `staleIfError` keeps', async () => {
    const { pool, clock, door } = await aged({ ttl: '10s', staleIfError: '1h', hardTimeout: '1s' });
    const call = pool();
    await clock.advance(1_000);
    expect((await call).id).toBe(1);
    door.open();
  });

  test('counts the time that `validate` takes', async () => {
    const { pool, clock } = pools({ hardTimeout: '1s', validate: () => new Promise<boolean>(() => {}) });
    await pool();
    const call = failureOf(pool());
    await clock.advance(1_000);
    expect(await call).toMatchObject({ code: 'ERR_MILLPOND_TIMEOUT' });
  });

  test('counts for `refresh` and `lease` as well', async () => {
    const { pool, clock, factory } = pools({ hardTimeout: '1s' });
    factory.waitsFor = gate().passed;
    const calls = [failureOf(pool.refresh()), failureOf(pool.lease())];
    await clock.advance(1_000);
    for (const call of calls) expect(await call).toMatchObject({ code: 'ERR_MILLPOND_TIMEOUT' });
  });

  test('does not count for what is built behind a stale one', async () => {
    const { pool, clock, door } = await aged({ ttl: '10s', staleWhileRevalidate: '1h', hardTimeout: '1s' });
    expect((await pool()).id).toBe(1);
    await clock.advance(5_000);
    door.open();
    await settle();
    expect((await pool()).id).toBe(2);
  });
});

describe('hazard 50: maxConcurrent of a resource', () => {
  test('builds so many at once; the others wait in line, and ten times as many may', async () => {
    const { pool, factory } = pools({ maxConcurrent: 1 });
    const door = gate();
    factory.waitsFor = door.passed;
    const calls = Array.from({ length: 11 }, (_, id) => pool(String(id)));
    await settle();
    expect(factory.built).toBe(1);
    expect(await failureOf(pool('one too many'))).toMatchObject({ code: 'ERR_MILLPOND_OVERLOADED' });
    door.open();
    expect((await Promise.all(calls)).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('gives the place of a factory that fails to the next', async () => {
    const { pool, factory } = pools({ maxConcurrent: 1 });
    factory.failure = new Error('refused');
    const failing = failureOf(pool('a'));
    const next = failureOf(pool('b'));
    expect([await failing, await next]).toEqual([factory.failure, factory.failure]);
    expect(factory.built).toBe(2);
  });

  test('builds nothing for one who has left the line', async () => {
    const { pool, factory } = pools({ maxConcurrent: 1 });
    const door = gate();
    factory.waitsFor = door.passed;
    const first = pool('a');
    const leaving = new AbortController();
    const gone = failureOf(pool.withOptions({ signal: leaving.signal })('b'));
    await settle();
    leaving.abort(new Error('gone'));
    expect(await gone).toBe(leaving.signal.reason);
    door.open();
    await first;
    await settle();
    expect(factory.built).toBe(1);
    expect((await pool('c')).id).toBe(2);
  });

  test('builds nothing any more once the cache is closed', async () => {
    const { cache, pool, factory } = pools({ maxConcurrent: 1 });
    const door = gate();
    factory.waitsFor = door.passed;
    const calls = ['a', 'b'].map((name) => failureOf(pool(name)));
    await settle();
    const closed = cache.close();
    door.open();
    for (const call of calls) expect(await call).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
    await closed;
    expect(factory.built).toBe(1);
  });

  test('builds with the arguments as they were when the call was made', async () => {
    const { cache } = pond();
    const door = gate();
    const connect = cache.cacheResource(
      async (config: { host: string }) => {
        await door.passed;
        return { host: config.host };
      },
      { maxConcurrent: 1 },
    );
    const first = connect({ host: 'a' });
    const config = { host: 'b' };
    const second = connect(config);
    config.host = 'changed';
    door.open();
    expect([(await first).host, (await second).host]).toEqual(['a', 'b']);
  });

  test('refuses to build for arguments that were changed and cannot be copied', async () => {
    class Config {
      host = 'b';
      toJSON = (): string => this.host;
    }
    const { cache } = pond();
    const door = gate();
    const connect = cache.cacheResource(async (_config: Config) => door.passed.then(() => ({})), {
      maxConcurrent: 1,
      key: (config) => config.host,
    });
    const first = connect(new Config());
    const config = new Config();
    config.host = 'c';
    const second = failureOf(connect(config));
    config.host = 'changed';
    door.open();
    await first;
    expect(await second).toMatchObject({
      code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT',
      message: expect.stringMatching(/changed while the call waited/),
    });
  });

  test.each([0, 1.5, '2'])('%j is refused', (maxConcurrent) => {
    expect(() => pools({ maxConcurrent: unchecked(maxConcurrent) })).toThrow(/maxConcurrent/);
  });
});
