import { expect, test } from 'vitest';
import { defineHasher } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { GatedStore } from '../support/gated-store.js';
import { failureOf, gate } from '../support/gate.js';

class Id {
  value: number;
  constructor(value: number) {
    this.value = value;
  }
}

test('arguments changed while a stale entry was looked up do not reach the refresh behind it', async () => {
  const store = new GatedStore();
  const options = { name: 'shop', store };
  const { cache, clock } = pond(options);
  const seen: number[] = [];
  const load = cache.cacheData(
    async ({ id }: { id: number }) => {
      seen.push(id);
      return `value of ${id}`;
    },
    { ttl: '5s', staleWhileRevalidate: '1h', name: 'load', version: '1' },
  );
  expect(await load({ id: 1 })).toBe('value of 1');
  await settle();
  await cache.flush();
  await clock.advance(11_000);
  const arg = { id: 1 };
  const stale = load(arg);
  arg.id = 2;
  expect(await stale).toBe('value of 1');
  for (let i = 0; i < 10; i += 1) await settle();
  expect(await load({ id: 1 })).toBe('value of 1');
  expect(seen).toEqual([1, 1]);
});

test('an argument that cannot be copied, changed while its caller waited for an outdated run, is keyed anew', async () => {
  const { cache } = pond({ hashers: [defineHasher(Id, ({ value }) => value)] });
  const door = gate();
  let calls = 0;
  const load = cache.cacheData(
    async (id: Id) => {
      const { value } = id;
      if (++calls === 1) await door.passed;
      return `value of ${value}`;
    },
    { tags: () => ['t'] },
  );
  const first = load(new Id(1));
  await settle();
  await cache.invalidateTags('t');
  const id = new Id(1);
  const joined = load(id);
  id.value = 2;
  door.open();
  expect(await first).toBe('value of 1');
  await joined;
  expect(await load(new Id(1))).toBe('value of 1');
  expect(await load(new Id(2))).toBe('value of 2');
});

test('the same for a resource, changed while the old one was validated', async () => {
  const { cache } = pond({ hashers: [defineHasher(Id, ({ value }) => value)] });
  const door = gate();
  let valid = true;
  const pool = cache.cacheResource(async (id: Id) => ({ id: id.value }), {
    async validate() {
      await door.passed;
      return valid;
    },
  });
  await pool(new Id(1));
  valid = false;
  const id = new Id(1);
  const waiting = pool(id);
  id.value = 2;
  door.open();
  await waiting;
  valid = true;
  expect((await pool(new Id(1))).id).toBe(1);
});

test('the failure of a run whose arguments were changed is none of those who joined it', async () => {
  const { cache } = pond({ name: 'shop', store: new GatedStore() });
  const load = cache.cacheData(
    async (id: Id) => {
      if (id.value === 2) throw new Error('no 2');
      return id.value;
    },
    { name: 'load', hashers: [defineHasher(Id, (id) => id.value)] },
  );
  const id = new Id(1);
  const first = failureOf(load(id));
  const joined = load(new Id(1));
  id.value = 2;
  expect(await first).toMatchObject({ message: 'no 2' });
  expect(await joined).toBe(1);
});

test('a resource that was not built because its arguments were changed is built for another who asked for it', async () => {
  const { cache } = pond();
  const door = gate();
  const pool = cache.cacheResource(
    async (id: Id) => {
      await door.passed;
      return { id: id.value };
    },
    { maxConcurrent: 1, hashers: [defineHasher(Id, (id) => id.value)] },
  );
  const before = pool(new Id(0));
  const id = new Id(1);
  const first = failureOf(pool(id));
  const joined = pool(new Id(1));
  id.value = 2;
  await settle();
  door.open();
  await before;
  expect(await first).toHaveProperty('code', 'ERR_MILLPOND_UNHASHABLE_ARGUMENT');
  expect(await joined).toEqual({ id: 1 });
});

test('`this` changed while the store was asked does not put its value under the old key', async () => {
  const store = new GatedStore();
  const { cache } = pond({ name: 'shop', store });
  const load = cache.cacheData(
    async function load(this: { tenant: string }) {
      return `data of ${this.tenant}`;
    },
    { version: '1' },
  );
  const make = (tenant: string) => ({
    tenant,
    [Symbol.for('millpond.key')]() {
      return this.tenant;
    },
  });
  const self = make('a');
  const call = load.call(self);
  self.tenant = 'b';
  await call;
  expect(await load.call(make('a'))).toBe('data of a');
  expect(await load.call(make('b'))).toBe('data of b');
});

test('an argument that is left out of the key, and cannot be copied, does not keep the others from being taken', async () => {
  const { cache } = pond({ name: 'shop', store: new GatedStore() });
  const load = cache.cacheData(async (_db: Id, { page }: { page: number }) => `page ${page}`, {
    name: 'load',
    ignoreArgs: [0],
  });
  const query = { page: 1 };
  const call = load(new Id(1), query);
  query.page = 2;
  expect(await call).toBe('page 1');
  expect(await load(new Id(2), { page: 1 })).toBe('page 1');
  expect(load.stats().runs).toBe(1);
});
