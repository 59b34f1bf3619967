import { describe, expect, test } from 'vitest';
import { createCache, type CacheOptions } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';

interface Tenant {
  readonly name: string;
}

describe('hazard 20: a method', () => {
  class Users {
    readonly name: string;
    calls = 0;

    constructor(name: string) {
      this.name = name;
    }
  }

  async function findUser(this: Users, id: string): Promise<string> {
    this.calls += 1;
    return `${this.name} ${id}`;
  }

  test('of two objects has entries for each', async () => {
    const { cache } = pond();
    const find = cache.cacheData(findUser);
    const [one, two] = [new Users('one'), new Users('two')];
    for (const users of [one, two, one, two]) expect(await find.call(users, '1')).toBe(`${users.name} 1`);
    expect([one.calls, two.calls]).toEqual([1, 1]);
  });

  test('of two objects has resources and synchronous entries for each', async () => {
    const { cache } = pond();
    const open = cache.cacheResource(async function (this: Tenant) {
      return { of: this.name };
    });
    const parse = cache.cacheDataSync(function (this: Tenant) {
      return `of ${this.name}`;
    });
    for (const name of ['one', 'two']) {
      const tenant = { name };
      expect(await open.call(tenant)).toEqual({ of: name });
      expect(await open.call(tenant)).toBe(await open.call(tenant));
      expect([parse.call(tenant), parse.call(tenant)]).toEqual([`of ${name}`, `of ${name}`]);
    }
  });

  test('does not keep its object alive', async () => {
    const { gc } = globalThis as { gc?: () => void };
    const { cache } = pond();
    const find = cache.cacheData(findUser);
    const used = async (): Promise<WeakRef<Users>> => {
      const users = new Users('one');
      await find.call(users, '1');
      return new WeakRef(users);
    };
    const reference = await used();
    for (let turn = 0; turn < 10 && reference.deref() !== undefined; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      gc?.();
    }
    expect(reference.deref()).toBeUndefined();
  });

  test('that cannot read `this` shares its entries', async () => {
    const { cache } = pond();
    let calls = 0;
    const arrow = cache.cacheData(async (id: string) => `${id} ${(calls += 1)}`);
    const object = { arrow };
    expect([await object.arrow('1'), await arrow('1'), await arrow.call({}, '1')]).toEqual(['1 1', '1 1', '1 1']);
  });

  test('over a store needs a key, and with one it has entries for each', async () => {
    const cache = createCache({ name: 'shop', store: new Map(), clock: fakeClock() });
    const without = cache.cacheData(findUser, { name: 'without' });
    const one = new Users('one');
    expect(await failureOf(without.call(one, '1'))).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
    expect(one.calls).toBe(0);
    class Keyed extends Users {
      [Symbol.for('millpond.key')](): string {
        return this.name;
      }
    }
    const find = cache.cacheData(findUser, { name: 'find' });
    const twins = [new Keyed('a'), new Keyed('b'), new Keyed('a')];
    const answers = [];
    for (const users of twins) answers.push(await find.call(users, '1'));
    expect(answers).toEqual(['a 1', 'b 1', 'a 1']);
    expect(twins.map(({ calls }) => calls)).toEqual([1, 1, 0]);
  });
});

describe('hazard 21: over one store', () => {
  /** One app: its own function `load`, told apart by what it answers. */
  async function answer(data: Map<string, unknown>, options: CacheOptions, text: string): Promise<string> {
    const cache = createCache({ name: 'shop', store: data, clock: fakeClock(), ...options });
    const load = cache.cacheData(async () => text, { name: 'load' });
    const value = await load();
    await cache.close();
    return value;
  }

  test('apps of two names do not share, and one app finds its own', async () => {
    const data = new Map<string, unknown>();
    expect(await answer(data, { name: 'shop' }, 'first')).toBe('first');
    expect(await answer(data, { name: 'shop-staging' }, 'second')).toBe('second');
    expect(await answer(data, { name: 'shop' }, 'third')).toBe('first');
  });

  test('a cache without a name is refused', () => {
    expect(() => createCache({ store: new Map() })).toThrow(/name/);
    const cache = createCache();
    expect(() => cache.cacheData(async () => 1, { store: new Map() })).toThrow(
      expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
    );
  });

  test('another version of the cache leaves every entry behind', async () => {
    const data = new Map<string, unknown>();
    await answer(data, { version: '1' }, 'first');
    expect(await answer(data, { version: '2' }, 'second')).toBe('second');
    expect(await answer(data, {}, 'third')).toBe('third');
    expect(await answer(data, { version: '1' }, 'fourth')).toBe('first');
  });

  test('a changed function does not read what the old one stored, and a version of its own replaces that rule', async () => {
    const data = new Map<string, unknown>();
    const clock = fakeClock();
    const run = async (fn: () => Promise<string>, version?: string): Promise<string> => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const value = await cache.cacheData(fn, { name: 'load', version })();
      await cache.close();
      return value;
    };
    expect(await run(async () => 'old code')).toBe('old code');
    expect(await run(async () => 'new code')).toBe('new code');
    expect(await run(async () => 'old code')).toBe('old code');
    expect(await run(async () => 'one', '1')).toBe('one');
    expect(await run(async () => 'another one', '1')).toBe('one');
    expect(await run(async () => 'two', '2')).toBe('two');
  });

  test('a function without a source of its own needs a version', async () => {
    const cache = createCache({ name: 'shop', store: new Map(), clock: fakeClock() });
    const bound = function (this: { step: number }, n: number): number {
      return n + this.step;
    }.bind({ step: 1 });
    for (const [name, fn] of [
      ['bound', bound],
      ['native', Math.abs],
    ] as const) {
      expect(() => cache.cacheData(fn, { name })).toThrow(
        expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
      );
      expect(() => cache.cacheData(fn, { name })).toThrow(/version/);
      expect(await cache.cacheData(fn, { name, version: '1' })(1)).toBe(fn(1));
    }
    expect(await createCache().cacheData(bound)(1)).toBe(2);
  });
});
