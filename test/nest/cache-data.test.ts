import { Injectable } from '@nestjs/common';
import { CacheData, CacheModule, createCache, getCachedData } from '@millpond/nest';
import { expect, test } from 'vitest';
import { fakeClock } from '../support/fake-clock.js';
import { gate } from '../support/gate.js';
import { start } from './support/app.js';

/** A database that counts what it is asked. */
@Injectable()
class Database {
  readonly asked: string[] = [];
  wait: Promise<void> = Promise.resolve();

  async load(id: string): Promise<{ id: string; tags: string[] }> {
    this.asked.push(id);
    await this.wait;
    return { id, tags: ['new'] };
  }
}

@Injectable()
class Users {
  readonly failure = new Error('no such user');

  // Injected by class: Oxc has to emit the metadata for it.
  constructor(readonly database: Database) {}

  @CacheData({ ttl: '5m' })
  async find(id: string): Promise<{ id: string; tags: string[] }> {
    return this.database.load(id);
  }

  @CacheData()
  async list(): Promise<{ id: string; tags: string[] }[]> {
    return Promise.all(['1', '2'].map((id) => this.find(id)));
  }

  @CacheData()
  async remove(id: string): Promise<void> {
    this.database.asked.push(`remove ${id}`);
    throw this.failure;
  }

  @CacheData({ key: (user: { id: string }) => user.id })
  async greet(user: { id: string; socket: object }): Promise<string> {
    this.database.asked.push(`greet ${user.id}`);
    return `Hello ${user.id}`;
  }
}

const providers = [Database, Users];

test('S100: a decorated method of a singleton runs once for equal arguments', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers });
  const users = app.get(Users);

  expect(await users.find('1')).toEqual({ id: '1', tags: ['new'] });
  expect(await users.find('1')).toEqual({ id: '1', tags: ['new'] });
  expect(await users.find('2')).toEqual({ id: '2', tags: ['new'] });
  expect(app.get(Database).asked).toEqual(['1', '2']);
});

test('S100: two decorated methods of one class do not share entries', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers });
  const users = app.get(Users);

  await users.find('1');
  await users.greet({ id: '1', socket: {} });
  await users.greet({ id: '1', socket: new WeakMap() });

  expect(app.get(Database).asked).toEqual(['1', 'greet 1']);
});

test('every caller owns what it gets, the one that computed included', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers });
  const users = app.get(Users);

  (await users.find('1')).tags.push('changed');
  (await users.find('1')).tags.push('changed again');

  expect(await users.find('1')).toEqual({ id: '1', tags: ['new'] });
});

test('concurrent callers share one run', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers });
  const database = app.get(Database);
  const door = gate();
  database.wait = door.opened;

  const all = Promise.all(Array.from({ length: 20 }, () => app.get(Users).find('1')));
  door.open();

  expect(new Set(await all).size).toBe(20);
  expect(database.asked).toEqual(['1']);
});

test("the method's own error reaches the caller untouched, and is not kept", async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers });
  const users = app.get(Users);

  await expect(users.remove('1')).rejects.toBe(users.failure);
  await expect(users.remove('1')).rejects.toBe(users.failure);

  expect(app.get(Database).asked).toEqual(['remove 1', 'remove 1']);
});

test('a cached method may call another one of its instance', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers });
  const users = app.get(Users);

  await users.list();
  await users.find('2');

  expect(app.get(Database).asked).toEqual(['1', '2']);
});

test('the ttl is counted by the clock of the cache', async () => {
  const clock = fakeClock();
  const app = await start({ imports: [CacheModule.forRoot({ clock })], providers });
  const users = app.get(Users);

  await users.find('1');
  await clock.advance(5 * 60_000 - 1);
  await users.find('1');
  expect(app.get(Database).asked).toEqual(['1']);
  await clock.advance(1);
  await users.find('1');
  expect(app.get(Database).asked).toEqual(['1', '1']);
});

test('S100: two provider instances of one class are isolated, their invalidations too', async () => {
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [Database, Users, { provide: 'REPLICA', useClass: Users }],
  });
  const users = app.get(Users);
  const replica = app.get<Users>('REPLICA');

  await users.find('1');
  await replica.find('1');
  expect(app.get(Database).asked).toEqual(['1', '1']);

  await getCachedData(users, 'find').clear();
  await replica.find('1');
  expect(app.get(Database).asked).toEqual(['1', '1']);
});

test('two apps of one process have caches of their own', async () => {
  const one = await start({ imports: [CacheModule.forRoot()], providers });
  const two = await start({ imports: [CacheModule.forRoot()], providers });

  await one.get(Users).find('1');
  await two.get(Users).find('1');

  expect(two.get(Database).asked).toEqual(['1']);
});

test('hazard 22: the run of a cached method does not see the async context of its caller', async () => {
  const { AsyncLocalStorage } = await import('node:async_hooks');
  const session = new AsyncLocalStorage<string>();
  @Injectable()
  class Greeter {
    @CacheData()
    async greet(): Promise<string | undefined> {
      return session.getStore();
    }
  }
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Greeter] });

  expect(await session.run('Ada', () => app.get(Greeter).greet())).toBeUndefined();
});

test('an instance that is logged or compared shows no cache', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers });
  const users = app.get(Users);
  await users.find('1');

  expect(new Set(Reflect.ownKeys(users))).toEqual(new Set(['database', 'failure']));
});

test('without Nest, a decorated method is the plain method', async () => {
  const users = new Users(new Database());

  await users.find('1');
  await users.find('1');

  expect(users.database.asked).toEqual(['1', '1']);
});

test('a cache that is off computes every time', async () => {
  const app = await start({ imports: [CacheModule.forRoot({ enabled: false })], providers });

  await app.get(Users).find('1');
  await app.get(Users).find('1');

  expect(app.get(Database).asked).toEqual(['1', '1']);
});

test('a given cache serves decorated methods and plain functions alike', async () => {
  await using cache = createCache();
  const app = await start({ imports: [CacheModule.forRoot({ cache })], providers });

  await app.get(Users).find('1');
  await cache.clear();
  await app.get(Users).find('1');

  expect(app.get(Database).asked).toEqual(['1', '1']);
});

test('S29: `ignoreUnderscored` looks at the parameters of the method as it was written', async () => {
  @Injectable()
  class Reports {
    runs = 0;

    @CacheData({ ignoreUnderscored: true })
    async make(id: string, _log: (line: string) => void = () => {}, ..._more: unknown[]): Promise<string> {
      this.runs += 1;
      return `report ${id}`;
    }
  }
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Reports] });
  const reports = app.get(Reports);
  expect([await reports.make('1', () => {}), await reports.make('1'), await reports.make('2', () => {}, {})]).toEqual([
    'report 1',
    'report 1',
    'report 2',
  ]);
  expect(
    await reports.make(
      '1',
      () => {},
      () => {},
    ),
  ).toBe('report 1');
  expect(reports.runs).toBe(2);
});
