import type { Cache } from '@millpond/core';
import { createRoute, type Route } from '@millpond/core/http';
import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../support/thrown-by.js';
import { ask, cacheWith, GET } from './route-harness.js';

describe('a route over a store', () => {
  const over = (store: Map<string, unknown>): Cache => cacheWith({ name: 'shop', store });

  test('S62: another process answers from it, with the same bytes and the same tag', async () => {
    const store = new Map<string, unknown>();
    let runs = 0;
    const load = ({ path }: { readonly path: string }): unknown => ({ path, run: (runs += 1), text: 'ü€🙂' });
    const first = over(store);
    const written = await createRoute(first, { ttl: '1m' }, load)(GET);
    await first.flush();
    const read = await createRoute(over(store), { ttl: '1m' }, load)(GET);
    expect(runs).toBe(1);
    expect(read.answer.etag).toBe(written.answer.etag);
    expect(Buffer.isBuffer(read.answer.body)).toBe(true);
    expect(read.answer.body.equals(written.answer.body)).toBe(true);
    expect(read.outcome).toMatchObject({ event: { type: 'hit', tier: 'store' } });
  });

  test('a change of the handler leaves what the old one has answered behind', async () => {
    const store = new Map<string, unknown>();
    const first = over(store);
    await createRoute(first, { name: 'load' }, () => 'old')(GET);
    await first.flush();
    expect(await ask(createRoute(over(store), { name: 'load' }, () => 'new'))).toBe('"new"');
  });

  test('so does a change of its version, and nothing else when a version is given', async () => {
    const store = new Map<string, unknown>();
    const first = over(store);
    await createRoute(first, { name: 'load', version: '1' }, () => 'old')(GET);
    await first.flush();
    expect(await ask(createRoute(over(store), { name: 'load', version: '1' }, () => 'other'))).toBe('"old"');
    expect(await ask(createRoute(over(store), { name: 'load', version: '2' }, () => 'new'))).toBe('"new"');
  });

  test('S07: closures of one factory need names of their own', async () => {
    const cache = over(new Map());
    const make = (options: object, answer: string): Route => createRoute(cache, options, () => answer);
    const first = make({}, 'first');
    expect(thrownBy(() => make({}, 'second'))).toMatchObject({ code: 'ERR_MILLPOND_NAME_TAKEN' });
    const second = make({ name: 'second' }, 'second');
    expect([await ask(first), await ask(second)]).toEqual(['"first"', '"second"']);
  });

  test('a handler whose code cannot be seen needs a version', async () => {
    const load = ({ path }: { readonly path: string }): string => path;
    const bound = load.bind(undefined);
    const error = thrownBy(() => createRoute(over(new Map()), {}, bound));
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(String(error)).toContain('version');
    expect(await ask(createRoute(over(new Map()), { version: '1' }, bound))).toBe('"/users/1"');
    expect(await ask(createRoute(cacheWith(), {}, bound))).toBe('"/users/1"');
  });
});
