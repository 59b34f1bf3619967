import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { noted } from './support.js';

describe('over a store', () => {
  function process(data: Map<string, unknown>, clock = fakeClock()) {
    const cache = createCache({ name: 'shop', store: data, clock, logger: { warn: () => {} } });
    const log: unknown[] = [];
    return { cache, log };
  }

  test('effects act on hits of another process, with faithful arguments', async () => {
    const data = new Map<string, unknown>();
    const run = async (): Promise<{ log: unknown[]; runs: number }> => {
      const { cache, log } = process(data);
      let runs = 0;
      const note = cache.effect('note', (at: Date, text: string) => log.push(at, text));
      const load = cache.cacheData(
        async () => {
          runs += 1;
          note(new Date(5), 'hello');
          return 1;
        },
        { name: 'load', version: '1' },
      );
      await load();
      await load();
      await cache.close();
      return { log, runs };
    };
    const twice = [new Date(5), 'hello', new Date(5), 'hello'];
    expect(await run()).toEqual({ log: twice, runs: 1 });
    expect(await run()).toEqual({ log: twice, runs: 0 });
  });

  test('an effect that this process does not have is told, and the value is served', async () => {
    const data = new Map<string, unknown>();
    const one = process(data);
    const note = one.cache.effect('note', () => {});
    await one.cache.cacheData(
      async () => {
        note();
        return 1;
      },
      { name: 'load', version: '1' },
    )();
    await one.cache.close();
    const other = process(data);
    const heard = record(other.cache, 'effectFailed');
    expect(await other.cache.cacheData(async () => 2, { name: 'load', version: '1' })()).toBe(1);
    expect(heard).toMatchObject([{ effect: 'note', fn: 'load', error: { code: 'ERR_MILLPOND_EFFECT' } }]);
  });

  test('a value with effects of another cache stays in memory', async () => {
    const data = new Map<string, unknown>();
    const { cache } = process(data);
    const { cache: other, log, note } = noted();
    const load = cache.cacheData(async () => note('of another'), { name: 'load' });
    await load();
    await load();
    await cache.flush();
    expect(log).toEqual(['of another', 'of another']);
    expect([...data.values()].filter((text) => String(text).includes('of another'))).toEqual([]);
    await other.close();
  });
});
