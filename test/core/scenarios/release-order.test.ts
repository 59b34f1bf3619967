import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate, watch } from '../support/gate.js';

/** A database, and a repository whose factory asks for the database; what each does at its end is told. */
function layers(options: { readonly onRepositoryRelease?: () => unknown; readonly closeTimeout?: string } = {}) {
  const { clock } = pond();
  const cache = createCache({ clock, closeTimeout: options.closeTimeout, logger: { warn: () => {} } });
  const told: string[] = [];
  let opened = 0;
  const database = cache.cacheResource(async () => ({ name: `database ${(opened += 1)}`, open: true }), {
    ttl: '1m',
    releaseAfter: 0,
    onRelease(self) {
      self.open = false;
      told.push(self.name);
    },
  });
  const repository = cache.cacheResource(
    async (name: string) => ({ name: `repository ${name}`, database: await database() }),
    {
      async onRelease(self) {
        await options.onRepositoryRelease?.();
        told.push(`${self.name} on ${self.database.open ? 'an open' : 'a closed'} database`);
      },
    },
  );
  return { cache, clock, told, database, repository };
}

describe('S94: what was built on a resource is released before it', () => {
  test.each([
    [
      'whose user was made first',
      async ({ repository }: ReturnType<typeof layers>) => void (await repository('users')),
    ],
    [
      'that was there before its user',
      async ({ database, repository }: ReturnType<typeof layers>) => {
        await database();
        await repository('users');
      },
    ],
  ])('when the cache closes, and its release has ended by then: one %s', async (_, build) => {
    const door = gate();
    const made = layers({ onRepositoryRelease: () => door.passed });
    await build(made);
    const closed = made.cache.close();
    await settle();
    await settle();
    expect(made.told).toEqual([]);
    door.open();
    expect(await closed).toEqual({ failures: [] });
    expect(made.told).toEqual(['repository users on an open database', 'database 1']);
  });

  test('when it has expired: it lives as long as what was built on it, while new callers get a new one', async () => {
    const { clock, told, database, repository, cache } = layers();
    const users = await repository('users');
    await clock.advance(61_000);
    expect((await database()).name).toBe('database 2');
    await clock.advance(600_000);
    expect(users.database.open).toBe(true);
    expect(told).not.toContain('database 1');
    await repository.delete('users');
    await settle();
    await settle();
    expect(told).toEqual(expect.arrayContaining(['repository users on an open database', 'database 1']));
    expect(told.indexOf('database 1')).toBeGreaterThan(told.indexOf('repository users on an open database'));
    await cache.close();
    expect(new Set(told).size).toBe(told.length);
  });

  test('when everything is cleared', async () => {
    const { told, repository, cache } = layers();
    await Promise.all(['users', 'orders'].map((name) => repository(name)));
    await cache.clear();
    await settle();
    await settle();
    await settle();
    expect(told).toHaveLength(3);
    expect(told[2]).toBe('database 1');
    expect(told.filter((each) => each.endsWith('on an open database'))).toHaveLength(2);
  });

  test('also through several layers, and whatever order they were wrapped in', async () => {
    const { cache } = pond();
    const told: string[] = [];
    const options = { onRelease: (self: { readonly name: string }) => void told.push(self.name) };
    const build: Record<string, () => Promise<{ name: string }>> = {};
    const top = cache.cacheResource(async () => (await build['middle']?.(), { name: 'top' }), options);
    build['middle'] = cache.cacheResource(async () => (await build['ground']?.(), { name: 'middle' }), options);
    build['ground'] = cache.cacheResource(async () => ({ name: 'ground' }), options);
    await build['ground']();
    await build['middle']();
    await top();
    await cache.close();
    expect(told).toEqual(['top', 'middle', 'ground']);
  });

  test('and a release that takes too long does not keep what it stands on for ever', async () => {
    const { cache, clock, told, repository } = layers({ onRepositoryRelease: () => gate().passed, closeTimeout: '5s' });
    await repository('users');
    const closed = cache.close();
    const state = watch(closed);
    await settle();
    await clock.advance(4_999);
    expect([state.settled, told]).toEqual([false, []]);
    await clock.advance(1);
    expect((await closed).failures).toMatchObject([{ code: 'ERR_MILLPOND_RELEASE_FAILED' }]);
    expect(told).toEqual(['database 1']);
  });
});

test('S94: what does not stand on one another is released in the opposite order of its making', async () => {
  const { cache } = pond();
  const told: string[] = [];
  const onRelease = (name: string) => void told.push(name);
  const one = cache.cacheResource(async (name: string) => name, { onRelease });
  const other = cache.cacheResource(async (name: string) => name, { onRelease });
  for (const make of [() => one('a'), () => other('b'), () => one('c')]) await make();
  await cache.close();
  expect(told).toEqual(['c', 'b', 'a']);
});

test('a factory that fails lets go of what it has got', async () => {
  const { cache } = pond();
  const released: string[] = [];
  const ground = cache.cacheResource(async () => ({ name: 'ground' }), {
    onRelease: ({ name }) => void released.push(name),
  });
  const top = cache.cacheResource(async () => {
    await ground();
    throw new Error('refused');
  });
  await top().catch(() => {});
  await ground.clear();
  await settle();
  expect(released).toEqual(['ground']);
});

test('what a factory has got is not released while the factory runs', async () => {
  const { cache } = pond();
  const door = gate();
  const released: string[] = [];
  const onRelease = (self: { readonly name: string }) => void released.push(self.name);
  const ground = cache.cacheResource(async () => ({ name: 'ground' }), { onRelease });
  const top = cache.cacheResource(
    async () => {
      await ground();
      await door.passed;
      return { name: 'top' };
    },
    { onRelease },
  );
  const building = top();
  await settle();
  await ground.clear();
  await settle();
  await settle();
  expect(released).toEqual([]);
  door.open();
  await building;
  await settle();
  expect(released).toEqual([]);
  await top.clear();
  await settle();
  await settle();
  expect(released).toEqual(['top', 'ground']);
});

test('a factory that asks for what it replaces does not keep all that there ever was', async () => {
  const { cache, clock } = pond();
  const released: number[] = [];
  let built = 0;
  const pool: { (): Promise<{ id: number }>; refresh(): Promise<{ id: number }> } = cache.cacheResource(
    async (): Promise<{ id: number }> => {
      const id = (built += 1);
      if (id > 1) expect((await pool()).id).toBe(id - 1);
      return { id };
    },
    { onRelease: ({ id }) => void released.push(id) },
  );
  await pool();
  for (const _ of [1, 2, 3]) await pool.refresh();
  await clock.advance(10_000);
  expect(released).toEqual([1, 2, 3]);
});

test('resources that are built on each other in a circle are released all the same', async () => {
  const { cache } = pond();
  const released: string[] = [];
  const onRelease = (self: { readonly name: string }) => void released.push(self.name);
  const one = { name: 'one' };
  const first: { (): Promise<{ name: string }>; refresh(): Promise<unknown> } = cache.cacheResource(
    async (): Promise<{ name: string }> => {
      if (second.peek() !== undefined) await second();
      return one;
    },
    { onRelease },
  );
  const second = cache.cacheResource(
    async () => {
      await first();
      return { name: 'two' };
    },
    { onRelease },
  );
  await second();
  await first.refresh();
  await cache.close();
  expect(released).toEqual(['two', 'one']);
});
