import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond, record, within } from '../support/cache.js';
import { failureOf, gate, watch } from '../support/gate.js';

/** A thing of which there can be only one at a time, such as a port; a second one fails. */
function exclusive(options: { readonly ttl?: string; readonly releaseAfter?: string } = {}) {
  const { cache, clock } = pond({ logger: { warn: () => {} } });
  const told: string[] = [];
  const state = { taken: false, healthy: true, built: 0, waitsFor: undefined as Promise<unknown> | undefined };
  const port = cache.cacheResource(
    async (_name?: string) => {
      const id = (state.built += 1);
      if (state.taken) throw new Error('EADDRINUSE');
      state.taken = true;
      await state.waitsFor;
      told.push(`built ${id}`);
      return { id };
    },
    {
      ...options,
      rebuild: 'release-first',
      validate: ({ id }) => state.healthy || id > 1,
      async onRelease({ id }, reason) {
        await Promise.resolve();
        state.taken = false;
        told.push(`released ${id}: ${reason}`);
      },
    },
  );
  return { cache, clock, told, state, port };
}

describe("hazard 43: with rebuild: 'release-first' the old one has gone before the new one is built", () => {
  test('when it is replaced, refused, expired, deleted or cleared', async () => {
    const { port, told, state, clock, cache } = exclusive({ ttl: '1m' });
    await port();
    state.healthy = false;
    await Promise.all([port(), port()]);
    await port.refresh();
    await Promise.all([port.refresh(), port()]);
    await clock.advance(60_000);
    await port();
    await port.delete();
    await port();
    await port.clear();
    await port();
    await cache.close();
    const releases = told.filter((each) => each.startsWith('released'));
    expect(releases.map((each) => each.split(': ')[1])).toEqual([
      'invalid',
      'replace',
      'replace',
      'expire',
      'delete',
      'clear',
      'close',
    ]);
    expect(told).toEqual(releases.flatMap((each, index) => [`built ${index + 1}`, each]));
  });

  test('and reasons of misses are told as ever', async () => {
    const { cache, port, state } = exclusive();
    const misses = record(cache, 'miss');
    await port();
    state.healthy = false;
    await port();
    await port.refresh();
    expect(misses).toMatchObject([{ reason: 'cold' }, { reason: 'invalid' }, { reason: 'refresh' }]);
  });

  test('also by a run that a clear has overtaken', async () => {
    const { port, told, state } = exclusive();
    const door = gate();
    state.waitsFor = door.passed;
    const first = port();
    await settle();
    await port.clear();
    state.waitsFor = undefined;
    const second = port();
    await settle();
    expect(state.built).toBe(1);
    door.open();
    expect((await Promise.all([first, second])).map(({ id }) => id)).toEqual([1, 2]);
    expect(told).toEqual(['built 1', 'released 1: discard', 'built 2']);
  });

  test('also when it is leased: then callers wait for the end of the lease', async () => {
    const { port, told, state } = exclusive();
    const lease = await port.lease();
    state.healthy = false;
    const caller = port();
    const waiting = watch(caller);
    await settle();
    await settle();
    expect([waiting.settled, told]).toEqual([false, ['built 1']]);
    await lease[Symbol.asyncDispose]();
    expect((await caller).id).toBe(2);
    expect(told).toEqual(['built 1', 'released 1: invalid', 'built 2']);
  });

  test('and a caller who waits for that can leave, and gets what its arguments were', async () => {
    const { port } = exclusive();
    const lease = await port.lease('a');
    await port.delete('a');
    const leaving = new AbortController();
    const left = failureOf(port.withOptions({ signal: leaving.signal })('a'));
    leaving.abort(new Error('gone'));
    expect(await left).toMatchObject({ message: 'gone' });
    await lease[Symbol.asyncDispose]();
    expect((await port('a')).id).toBe(2);
  });

  test('and what was built on it goes with it', async () => {
    const { cache, port, told } = exclusive();
    const server = cache.cacheResource(async () => ({ on: (await port()).id }), {
      onRelease: ({ on }) => void told.push(`released the server on ${on}`),
    });
    expect((await server()).on).toBe(1);
    expect((await port.refresh()).id).toBe(2);
    expect(told).toEqual(['built 1', 'released the server on 1', 'released 1: replace', 'built 2']);
    expect((await server()).on).toBe(2);
  });

  test('and what is being built on it is not kept', async () => {
    const { cache, port, told } = exclusive();
    const door = gate();
    const server = cache.cacheResource(
      async () => {
        const { id } = await port();
        await door.passed;
        return { on: id };
      },
      { onRelease: ({ on }) => void told.push(`released the server on ${on}`) },
    );
    const building = server();
    await settle();
    const refreshed = port.refresh();
    await settle();
    door.open();
    expect([(await building).on, (await refreshed).id]).toEqual([1, 2]);
    expect((await server()).on).toBe(2);
    expect(told).toEqual(['built 1', 'released the server on 1', 'released 1: replace', 'built 2']);
  });

  test('and nothing is built behind one whose ttl passes while it is validated', async () => {
    const { cache, clock } = pond();
    const verdict = gate<boolean>();
    let built = 0;
    const port = cache.cacheResource(async () => ({ id: (built += 1) }), {
      ttl: '20ms',
      rebuild: 'release-first',
      validate: () => verdict.passed,
    });
    await port();
    const caller = port();
    await settle();
    await clock.advance(30);
    verdict.open(true);
    expect((await caller).id).toBe(1);
    await settle();
    expect(built).toBe(1);
  });

  test('and an explicit releaseAfter is waited for', async () => {
    const { port, clock, told } = exclusive({ releaseAfter: '3s' });
    await port();
    const refreshed = port.refresh();
    await settle();
    await clock.advance(2_999);
    expect(told).toEqual(['built 1']);
    await clock.advance(1);
    expect((await refreshed).id).toBe(2);
  });

  test('and a release that asks for the next one is refused it, rather than waiting for itself', async () => {
    const { cache, clock } = pond();
    const refused: unknown[] = [];
    let built = 0;
    const port: { (): Promise<{ id: number }>; refresh(): Promise<{ id: number }> } = cache.cacheResource(
      async (): Promise<{ id: number }> => ({ id: (built += 1) }),
      {
        rebuild: 'release-first',
        onRelease: async () => {
          for (const ask of [() => port(), () => port.refresh()]) refused.push(await failureOf(ask()));
        },
      },
    );
    await port();
    expect((await within(clock, 1_000, port.refresh())).id).toBe(2);
    const recursive = { code: 'ERR_MILLPOND_RECURSIVE_CALL' };
    expect(refused).toMatchObject([recursive, recursive]);
  });
});
