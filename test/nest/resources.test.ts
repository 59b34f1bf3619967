import { Injectable, Scope } from '@nestjs/common';
import { CacheData, CacheModule, CacheResource, getCachedData, getCachedResource } from '@millpond/nest';
import { expect, test } from 'vitest';
import { gate } from '../support/gate.js';
import { start } from './support/app.js';

class Pool {
  broken = false;
  releases = 0;

  constructor(readonly name: string) {}

  [Symbol.asyncDispose](): Promise<void> {
    this.releases += 1;
    return Promise.resolve();
  }
}

@Injectable()
class Databases {
  readonly opened: Pool[] = [];
  wait: Promise<void> = Promise.resolve();

  @CacheResource({
    releaseAfter: 0,
    validate(this: Databases, pool: Pool) {
      return this.opened.includes(pool) && !pool.broken;
    },
  })
  async pool(name = 'main'): Promise<Pool> {
    const pool = new Pool(name);
    this.opened.push(pool);
    await this.wait;
    return pool;
  }
}

async function databases(): Promise<{ app: { close(): Promise<void> }; databases: Databases }> {
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Databases] });
  return { app, databases: app.get(Databases) };
}

test('everybody gets the same resource, one for equal arguments', async () => {
  const { databases: db } = await databases();

  const [one, two] = await Promise.all([db.pool('a'), db.pool('a')]);
  expect(one).toBe(two);
  expect(await db.pool('b')).not.toBe(one);
  expect(db.opened.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('a resource that is not valid any more is built anew, and released', async () => {
  const { databases: db } = await databases();
  const old = await db.pool();
  old.broken = true;

  const fresh = await db.pool();

  expect(fresh).not.toBe(old);
  await expect.poll(() => old.releases).toBe(1);
});

test('S100: a shutdown releases every resource exactly once', async () => {
  const { app, databases: db } = await databases();
  const pools = await Promise.all([db.pool('a'), db.pool('b')]);

  await app.close();
  await app.close();

  expect(pools.map(({ releases }) => releases)).toEqual([1, 1]);
});

test('S100: the resource of a request-scoped provider outlives the request, and a shutdown releases it', async () => {
  const told: unknown[] = [];
  @Injectable({ scope: Scope.REQUEST })
  class Tenants {
    opened = 0;

    @CacheResource({
      key: (tenant: string) => tenant,
      validate(this: Tenants, pool: Pool, tenant: string) {
        told.push(this.opened);
        return pool.name === tenant;
      },
      onRelease: (pool: Pool, reason: string) => void told.push(pool.name, reason),
    })
    async pool(tenant: string): Promise<Pool> {
      this.opened += 1;
      return new Pool(tenant);
    }
  }
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Tenants] });

  const first = await (await app.resolve(Tenants)).pool('blue');
  expect(await (await app.resolve(Tenants)).pool('blue')).toBe(first);
  await app.close();

  // The second request's own instance was asked, and it has opened nothing.
  expect(told).toEqual([0, 'blue', 'close']);
});

test('a shutdown releases what is still being built', async () => {
  const { app, databases: db } = await databases();
  const door = gate();
  db.wait = door.opened;
  const pool = db.pool().catch((error: unknown) => error);

  const closed = app.close();
  door.open();
  await Promise.all([pool, closed]);

  await expect.poll(() => db.opened.map(({ releases }) => releases)).toEqual([1]);
});

test('getCachedResource refreshes, peeks and clears', async () => {
  const { databases: db } = await databases();
  const pools = getCachedResource(db, 'pool');
  const old = await db.pool('a');
  expect(pools.peek('a')).toBe(old);

  const fresh = await pools.refresh('a');
  expect(await db.pool('a')).toBe(fresh);
  await pools.clear();

  expect(pools.peek('a')).toBeUndefined();
  await expect.poll(() => [old.releases, fresh.releases]).toEqual([1, 1]);
});

test('getCachedData of a resource says what is wrong', async () => {
  const { databases: db } = await databases();

  expect(() => getCachedData(db, 'pool')).toThrow('Databases.pool has no @CacheData(). Put it on the method');
  expect(() => getCachedResource(new Databases(), 'pool')).toThrow(
    'Databases.pool belongs to an instance that Nest did not make. Get it from Nest',
  );
});

test('S108: a resource of one provider is an argument of another, and keyed by which it is', async () => {
  @Injectable()
  class Queries {
    runs = 0;

    @CacheData()
    async rows(_pool: Pool, sql: string): Promise<string> {
      this.runs += 1;
      return `rows of ${sql}`;
    }
  }
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Databases, Queries] });
  const [db, queries] = [app.get(Databases), app.get(Queries)];
  const first = await db.pool('a');
  await queries.rows(first, 'users');
  first.broken = true;
  const second = await db.pool('a');
  expect(second).not.toBe(first);
  await queries.rows(second, 'users');
  expect(queries.runs).toBe(1);
  await queries.rows(await db.pool('b'), 'users');
  expect(queries.runs).toBe(2);
});
