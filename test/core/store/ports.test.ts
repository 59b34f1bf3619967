import { Keyv as Keyv5 } from 'keyv5';
import { Keyv as Keyv6, KeyvMemoryAdapter } from 'keyv6';
import { describe, expect, test } from 'vitest';
import type { StoreInput } from '../../../packages/core/src/store/index.js';
import { openPort } from '../../../packages/core/src/store/open-port.js';
import type { StorePort } from '../../../packages/core/src/store/port.js';
import { fakeClock } from '../../support/fake-clock.js';
import { disguise, reveal } from '../../support/stores.js';

type Listener = (error: unknown) => void;

/** An adapter that swallows its failures, as `@keyv/redis` does: it emits them, and answers as if nothing were. */
class SwallowingAdapter {
  readonly data = new Map<string, string>();
  readonly listeners = new Set<Listener>();
  fails = false;
  noise = false;

  on(event: string, listener: Listener): this {
    if (event === 'error') this.listeners.add(listener);
    return this;
  }

  off(_: string, listener: Listener): this {
    this.listeners.delete(listener);
    return this;
  }

  async get(key: string): Promise<string | undefined> {
    return this.#swallow(() => this.data.get(key));
  }

  async set(key: string, value: string): Promise<void> {
    this.#swallow(() => void this.data.set(key, value));
  }

  async delete(key: string): Promise<boolean> {
    return this.#swallow(() => this.data.delete(key)) ?? false;
  }

  async clear(): Promise<void> {
    this.data.clear();
  }

  #swallow<T>(operation: () => T): T | undefined {
    if (this.fails || this.noise) for (const listener of this.listeners) listener('the connection broke');
    return this.fails ? undefined : operation();
  }
}

const open = (input: StoreInput): StorePort => openPort(input, fakeClock());

describe('a failure that an adapter swallows is one all the same', () => {
  const ways: Record<string, (adapter: SwallowingAdapter) => StoreInput> = {
    'given as an adapter': (adapter) => adapter,
    'inside Keyv 5': (adapter) => new Keyv5({ store: adapter }),
    'inside Keyv 6': (adapter) => new Keyv6({ store: adapter }),
    'inside Keyv 5 with a serializer of its own': (adapter) =>
      new Keyv5({
        store: adapter,
        serialize: (data) => disguise(JSON.stringify(data)),
        deserialize: (text) => JSON.parse(reveal(text)),
      }),
    'inside Keyv 6 that encrypts': (adapter) =>
      new Keyv6({ store: adapter, encryption: { encrypt: disguise, decrypt: reveal } }),
  };
  for (const [way, wrap] of Object.entries(ways)) {
    test(way, async () => {
      const adapter = new SwallowingAdapter();
      const port = open(wrap(adapter));
      await port.set('k', 'text', 1000);
      expect(await port.getMany(['k', 'absent'])).toEqual(['text', undefined]);
      adapter.fails = true;
      await expect(port.getMany(['k'])).rejects.toThrow('the connection broke');
      await expect(port.set('k', 'other', 1000)).rejects.toThrow('the connection broke');
      await expect(port.delete('k')).rejects.toThrow('the connection broke');
    });
  }

  test('but a value that arrives is believed, whatever else is heard meanwhile', async () => {
    const adapter = new SwallowingAdapter();
    const port = open(adapter);
    await port.set('k', 'text', 1000);
    adapter.noise = true;
    expect(await port.getMany(['k'])).toEqual(['text']);
    await expect(port.getMany(['absent'])).rejects.toThrow('the connection broke');
  });

  test('and one ear stays when the port is closed, so that a later error ends no process', async () => {
    const adapter = new SwallowingAdapter();
    for (let time = 0; time < 5; time += 1) await open(adapter).close({ disconnect: false, force: false });
    expect(adapter.listeners.size).toBe(1);
  });
});

describe('an adapter or a Keyv', () => {
  test('whose set answers false has failed', async () => {
    const refusing = { get: () => undefined, set: () => false, delete: () => true, clear: () => undefined };
    for (const input of [refusing, new Keyv5({ store: refusing }), new Keyv6({ store: refusing })]) {
      await expect(open(input).set('k', 'text', 1000)).rejects.toThrow('false');
    }
  });

  test('that throws, at once or later, has failed', async () => {
    const error = new Error('no');
    const throwing = {
      get(): never {
        throw error;
      },
      set: () => Promise.reject(error),
      delete: () => Promise.reject(error),
    };
    const port = open(throwing);
    await expect(port.getMany(['k'])).rejects.toBe(error);
    await expect(port.set('k', 'text', 1)).rejects.toBe(error);
    await expect(port.delete('k')).rejects.toBe(error);
  });

  test('of version 5 is given a relative ttl, of version 6 an instant', async () => {
    const given: unknown[] = [];
    const five = {
      get: () => undefined,
      set: (_: string, __: string, ttl?: number) => given.push(ttl),
      delete: () => true,
    };
    const before = Date.now();
    await open(five).set('k', 'text', 1500.2);
    await open({ ...five, capabilities: { expires: true } }).set('k', 'text', 1500.2);
    expect(given[0]).toBe(1501);
    expect(given[1]).toBeGreaterThanOrEqual(before + 1500);
    expect(given[1]).toBeLessThanOrEqual(Date.now() + 1502);
    expect(Number.isInteger(given[1])).toBe(true);
  });

  test('may wrap its values, answer with bytes, or with null', async () => {
    const values: Record<string, unknown> = {
      wrapped: { value: 'text' },
      bytes: Buffer.from('text'),
      nothing: null,
      wrappedNothing: { value: null },
      number: 42,
    };
    const getMany = (keys: string[]): unknown[] => keys.map((key) => values[key]);
    const port = open({ get: () => undefined, set: () => undefined, delete: () => true, getMany });
    expect(await port.getMany(Object.keys(values))).toEqual(['text', 'text', undefined, undefined, 42]);
  });
});

test('where each key is read apart, one that fails among others that do not is not taken for absent', async () => {
  const adapter = new SwallowingAdapter();
  const port = open(adapter);
  await port.set('entry', 'text', 1000);
  expect(await port.getMany(['entry', 'tombstone'])).toEqual(['text', undefined]);
  const get = adapter.get.bind(adapter);
  adapter.get = async (key) => {
    adapter.fails = key === 'tombstone';
    return get(key);
  };
  await expect(port.getMany(['entry', 'tombstone'])).rejects.toThrow('the connection broke');
});

describe('around a Keyv, its adapter is used', () => {
  test('under the same keys by version 5 and 6, and in plain text', async () => {
    const data = new Map<string, string>();
    const store = {
      namespace: undefined as string | undefined,
      get: async (key: string) => data.get(key),
      set: async (key: string, value: string) => void data.set(key, value),
      delete: async (key: string) => data.delete(key),
      clear: async () => undefined,
    };
    await open(new Keyv5({ store, namespace: 'n' })).set('five', 'text', 1000);
    await open(new Keyv6({ store, namespace: 'n' })).set('six', 'text', 1000);
    expect([...data.values()]).toEqual(['text', 'text']);
  });

  test('but not when the Keyv compresses, encrypts or serializes in a way of its own', async () => {
    const compression = {
      compress: async (text: string) => disguise(text),
      decompress: async (text: string) => reveal(text),
    };
    const keyvs: ((store: SwallowingAdapter) => StoreInput)[] = [
      (store) => new Keyv6({ store, compression }),
      (store) => new Keyv6({ store, encryption: { encrypt: disguise, decrypt: reveal } }),
      (store) =>
        new Keyv6({
          store,
          serialization: {
            stringify: (data: unknown) => disguise(JSON.stringify(data)),
            parse: (text: string) => JSON.parse(reveal(text)),
          },
        }),
      (store) =>
        new Keyv5({
          store,
          serialize: (data) => disguise(JSON.stringify(data)),
          deserialize: (text) => JSON.parse(reveal(text)),
        }),
      (store) =>
        new Keyv5({
          store,
          serialize: (data) => {
            if (data.expires === undefined) throw new Error('needs an end');
            return disguise(JSON.stringify(data));
          },
          deserialize: (text) => JSON.parse(reveal(text)),
        }),
    ];
    for (const make of keyvs) {
      const adapter = new SwallowingAdapter();
      const port = open(make(adapter));
      await port.set('k', 'a secret', 1000);
      expect([...adapter.data.values()].join()).not.toContain('secret');
      expect(await port.getMany(['k'])).toEqual(['a secret']);
    }
  });

  test('nor when there is a Map inside, whose namespaces only the Keyv keeps apart', async () => {
    const map = new Map<string, unknown>();
    const [one, two] = [
      open(new Keyv5({ store: map, namespace: 'one' })),
      open(new Keyv5({ store: map, namespace: 'two' })),
    ];
    await one.set('k', 'of one', 1000);
    expect(await two.getMany(['k'])).toEqual([undefined]);
  });

  test('in the namespace of the Keyv, where adapters leave it to that, or are shared', async () => {
    for (const make of [
      (store: SwallowingAdapter, namespace: string) => new Keyv5({ store, namespace }),
      (store: SwallowingAdapter, namespace: string) => new Keyv6({ store, namespace }),
    ]) {
      const adapter = new SwallowingAdapter();
      const [one, two, again] = ['one', 'two', 'one'].map((namespace) => open(make(adapter, namespace)));
      await one?.set('k', 'of one', 1000);
      await two?.set('k', 'of two', 1000);
      expect(await one?.getMany(['k'])).toEqual(['of one']);
      await two?.delete('k');
      expect(await again?.getMany(['k'])).toEqual(['of one']);
    }
  });

  test('in the same place for those who give no namespace, by version 5 and 6', async () => {
    const store = new SwallowingAdapter();
    await open(new Keyv5({ store })).set('k', 'text', 1000);
    expect(await open(new Keyv6({ store })).getMany(['k'])).toEqual(['text']);
  });

  test('also when the Keyv does not serialize', async () => {
    for (const keyv of [
      new Keyv6({ store: new KeyvMemoryAdapter(new Map()), serialization: false }),
      new Keyv5({ store: new SwallowingAdapter(), serialize: undefined as never }),
    ]) {
      const port = open(keyv);
      await port.set('k', 'text', 1000);
      expect(await port.getMany(['k'])).toEqual(['text']);
    }
  });
});

describe('a Map', () => {
  test('does not keep what is over for ever', async () => {
    const clock = fakeClock();
    const map = new Map<string, unknown>([['theirs', 1]]);
    const port = openPort(map, clock);
    for (let key = 0; key < 900; key += 1) await port.set(`short ${key}`, 'text', 10);
    await port.set('long', 'text', 1000);
    await clock.advance(10);
    for (let key = 0; key < 99; key += 1) await port.set(`later ${key}`, 'text', 1000);
    expect(map.size).toBe(1 + 1 + 99);
    expect(map.has('theirs')).toBe(true);
  });
});
