import { type Cache, currentSignal } from '@millpond/core';
import { createRoute, type Route, type RouteInput } from '@millpond/core/http';
import { describe, expect, test } from 'vitest';
import { gate } from '../../support/gate.js';
import { ask, cacheWith, clock, counting, GET, text } from './route-harness.js';

describe('the life of an answer', () => {
  test('ttl: fresh until then, with its age; a run anew after it', async () => {
    const route = counting({ ttl: '1m' });
    await ask(route);
    await clock.advance(42_000);
    expect(await route(GET)).toMatchObject({
      outcome: { type: 'cached', event: { type: 'hit', age: 42_000 }, ttl: 60_000 },
    });
    await clock.advance(18_000);
    const { answer, outcome } = await route(GET);
    expect(answer.body.toString()).toBe('2');
    expect(outcome).toMatchObject({ event: { type: 'miss' }, stored: true });
  });

  test('ttl, tags and when may be functions of what the handler returned and of the request', async () => {
    const cache = cacheWith();
    let runs = 0;
    const route = createRoute(
      cache,
      {
        ttl: (user: { life: number }) => user.life,
        tags: (_user, { params }) => [`user:${params['id']}`],
        when: (user) => user.life !== 13,
      },
      ({ params }) => ({ life: Number(params['id']), run: (runs += 1) }),
    );
    const at = (id: string): Partial<RouteInput> => ({ params: { id }, url: `/${id}` });
    const runOf = async (id: string): Promise<unknown> => JSON.parse(await ask(route, at(id)));
    await runOf('1000');
    await runOf('2000');
    await clock.advance(1000);
    expect(await runOf('1000')).toEqual({ life: 1000, run: 3 });
    expect(await runOf('2000')).toEqual({ life: 2000, run: 2 });
    expect((await route({ ...GET, ...at('2000') })).outcome).toMatchObject({ ttl: 2000 });
    await cache.invalidateTags('user:2000');
    expect(await runOf('2000')).toEqual({ life: 2000, run: 4 });
    expect(await runOf('1000')).toEqual({ life: 1000, run: 3 });
    expect((await route({ ...GET, ...at('13') })).outcome).toMatchObject({ event: { type: 'miss' }, stored: false });
    expect(await runOf('13')).toEqual({ life: 13, run: 6 });
  });

  test('what a function among the options returns is checked, and told by its name', async () => {
    const wrong = (options: object): Route => createRoute(cacheWith(), options, () => 1);
    await expect(ask(wrong({ ttl: () => '30' }))).rejects.toThrow(/option `ttl\(value, request\)` is "30"/);
    await expect(ask(wrong({ tags: () => 'a' }))).rejects.toThrow(/option `tags\(value, request\)` is "a"/);
  });

  test('stale while revalidating: the old answer at once, the new one afterwards', async () => {
    const route = counting({ ttl: '1s', staleWhileRevalidate: '1m' });
    await ask(route);
    await clock.advance(2000);
    expect(await route(GET)).toMatchObject({ outcome: { event: { type: 'stale', cause: 'revalidate', age: 2000 } } });
    await clock.advance(0);
    expect(await ask(route)).toBe('2');
  });

  test('stale if computing fails', async () => {
    let fails = false;
    const route = createRoute(cacheWith(), { ttl: '1s', staleIfError: '1m' }, () => {
      if (fails) throw new Error('down');
      return 'up';
    });
    await ask(route);
    fails = true;
    await clock.advance(2000);
    const result = await route(GET);
    expect(text(result)).toBe('"up"');
    expect(result.outcome).toMatchObject({ event: { type: 'stale', cause: 'error' } });
  });

  test('S65: the error of a handler reaches every caller untouched, and is not kept', async () => {
    const mine = new Error('mine');
    const closed = gate();
    let runs = 0;
    const route = createRoute(cacheWith(), {}, async () => {
      runs += 1;
      await closed.opened;
      throw mine;
    });
    const callers = Array.from({ length: 5 }, () => route(GET).catch((error: unknown) => error));
    closed.open();
    expect(await Promise.all(callers)).toEqual([mine, mine, mine, mine, mine]);
    expect((await Promise.all(callers)).every((error) => error === mine)).toBe(true);
    expect(runs).toBe(1);
    await expect(route(GET)).rejects.toBe(mine);
    expect(runs).toBe(2);
  });

  test('S63: 50 cold requests are one run', async () => {
    const closed = gate();
    let runs = 0;
    const route = createRoute(cacheWith(), {}, async () => {
      runs += 1;
      await closed.opened;
      return 'done';
    });
    const callers = Array.from({ length: 50 }, () => route(GET));
    closed.open();
    const results = await Promise.all(callers);
    expect(runs).toBe(1);
    expect(new Set(results.map(text))).toEqual(new Set(['"done"']));
    const kinds = results.map(({ outcome }) => (outcome.type === 'cached' ? outcome.event.type : outcome.type));
    expect([kinds.filter((kind) => kind === 'miss').length, kinds.filter((kind) => kind === 'join').length]).toEqual([
      1, 49,
    ]);
  });

  test('a hit is the kept bytes themselves', async () => {
    const route = counting();
    const first = (await route(GET)).answer.body;
    expect((await route(GET)).answer.body).toBe((await route(GET)).answer.body);
    expect((await route(GET)).answer.body.equals(first)).toBe(true);
  });

  test('the handler may mutate what it was given, and later requests still find its answer', async () => {
    let runs = 0;
    const route = createRoute(cacheWith(), {}, ({ params }) => {
      Reflect.set(params, 'id', 'mutated');
      return (runs += 1);
    });
    await ask(route);
    expect(await ask(route)).toBe('1');
  });

  test('the handler runs as a cached function does: it has the signal of its run', async () => {
    const route = createRoute(cacheWith(), {}, () => currentSignal() instanceof AbortSignal);
    expect(await ask(route)).toBe('true');
  });

  test.each<[string, (cache: Cache) => unknown]>([
    ['switched off', () => undefined],
    ['closed', (cache) => cache.close()],
  ])('over a cache that is %s, every request runs the handler', async (kind, then) => {
    const cache = cacheWith({ enabled: kind !== 'switched off' });
    const route = counting({}, cache);
    await then(cache);
    await ask(route);
    const result = await route(GET);
    expect(text(result)).toBe('2');
    expect(result.outcome).toEqual({ type: 'bypass', bypass: { forward: 'bypass', detail: 'disabled' } });
  });
});
