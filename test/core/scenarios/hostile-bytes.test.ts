import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { runs } from '../../support/runs.js';
import { harmed } from '../codec/support/harm.js';
import { prototypes } from '../codec/support/prototypes.js';
import { random } from '../codec/support/random.js';
import { HEADER_LENGTH, sealed } from '../codec/support/seal.js';
import { record } from '../support/cache.js';
import { keysHolding } from '../support/gated-store.js';
import { storeKinds } from '../support/stores.js';

/** Those in which an entry stands as it was written; what a Keyv wraps around it is in the contract of all stores. */
const bare = storeKinds.filter(({ kind }) => !/^Keyv \d/.test(kind));

type Store = NonNullable<Parameters<typeof createCache>[0]>['store'];

function boot(store: Store, clock: FakeClock) {
  const cache = createCache({ name: 'shop', store, clock, logger: { warn: () => {} } });
  const heard = record(cache, 'storeDamaged', 'miss', 'hit');
  const state = { calls: 0 };
  const load = cache.cacheData(
    async (id: string) => {
      state.calls += 1;
      return right(id);
    },
    { name: 'load' },
  );
  return { cache, load, state, heard };
}

function right(id: string) {
  return { text: `needle of ${id}.`, rows: [{ at: new Date(0), n: -0 }, new Map([['a', 1n]])] };
}

/** What a process has stored of two calls, and the places of theirs. */
async function stored() {
  const [data, clock] = [new Map<string, unknown>(), fakeClock()];
  const { cache, load } = boot(data, clock);
  await load('1');
  await load('2');
  await cache.close();
  const [key = ''] = keysHolding(data, 'needle of 1.');
  const [other = ''] = keysHolding(data, 'needle of 2.');
  return { data, clock, key, text: String(data.get(key)), other: String(data.get(other)) };
}

/** A frame of the call itself, whole and sealed, with another payload. */
function withPayload(text: string, payload: string): string {
  const before = text.slice(HEADER_LENGTH).replace(/p\d+:.*$/s, '');
  return sealed(`${before}p${payload.length}:${payload}`, text.slice(4, 6));
}

const DEEP = '['.repeat(100_000);
const hostile: readonly [string, (text: string, other: string) => string][] = [
  ['nothing at all', () => ''],
  ['null', () => 'null'],
  ['an empty object', () => '{}'],
  ['well-formed JSON of another program', () => '{"value":{"text":"needle of 1."},"expires":null}'],
  ['the entry of a Keyv', () => '{"value":"{\\"text\\":\\"needle of 1.\\"}"}'],
  ['__proto__', () => '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'],
  ['deep nesting', () => `${DEEP}${DEEP.replaceAll('[', ']')}`],
  ['a frame that was cut', (text) => text.slice(0, -7)],
  ['a frame that was cut in its header', (text) => text.slice(0, 9)],
  ['a frame of which the end is zeros', (text) => text.slice(0, -20) + '\0'.repeat(20)],
  ['a frame of another version', (text) => sealed(text.slice(HEADER_LENGTH), 'ff')],
  ['the frame of another key', (_, other) => other],
  ['a frame and another behind it', (text, other) => text + other],
  ['a sealed frame of deep nesting', (text) => withPayload(text, `${DEEP}${DEEP.replaceAll('[', ']')}`)],
  ['a sealed frame of deep nesting without an end', (text) => withPayload(text, DEEP)],
  ['a sealed frame of deep Maps', (text) => withPayload(text, `~t${'["~#M",1,'.repeat(50_000)}`)],
  ['a sealed frame of an unknown tag', (text) => withPayload(text, '~t"~?"')],
  ['a sealed frame of an unknown form', (text) => withPayload(text, '~z{}')],
  ['a sealed frame of no payload', (text) => withPayload(text, '')],
  ['a sealed frame of an array of four thousand million', (text) => withPayload(text, '~t["~#A",4294967296,{}]')],
  ['a sealed frame of a codec that is not there', (text) => withPayload(text, '~t["~#C","toString",1]')],
];

describe.each(bare)('S55: a store ($kind) has for a call', ({ open }) => {
  test.each(hostile)('%s: the call is answered, an event tells, and no prototype has changed', async (_, make) => {
    const { data, clock, key, text, other } = await stored();
    const raw = open(data);
    data.set(key, make(text, other));
    const before = prototypes();
    const { cache, load, state, heard } = boot(raw, clock);
    expect(await load('1')).toEqual(right('1'));
    expect(state.calls).toBe(1);
    const told = heard.filter(({ type }) => type === 'storeDamaged');
    expect(told).toMatchObject([{ fn: 'load', error: { code: 'ERR_MILLPOND_STORE_DAMAGED' } }]);
    expect(heard).toContainEqual(expect.objectContaining({ type: 'miss', reason: 'damaged' }));
    expect(prototypes()).toBe(before);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    await cache.close();
  });
});

test('S55: a sealed frame with __proto__ in it is a value with a property of that name, and changes nothing', async () => {
  const { data, clock, key, text } = await stored();
  for (const payload of ['{"__proto__":{"polluted":1}}', '~t{"__proto__":["~#M","polluted",1],"a":"~u"}']) {
    data.set(key, withPayload(text, payload));
    const found: object = await boot(data, clock).load('1');
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(Object.keys(found)).toContain('__proto__');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  }
});

test(
  'S55: whatever of all that it has stored is damaged, every call is answered, and each damage is told',
  async () => {
    const { data, clock, key, text } = await stored();
    const keys = [...data.keys()];
    const chance = random(7);
    for (let round = 0; round < runs(1000, 20_000); round += 1) {
      const copy = new Map(data);
      const damaged = harmed(text, chance);
      copy.set(key, damaged);
      // The tokens of the fences are damaged as well, now and then.
      const token = keys[chance.below(keys.length * 3)];
      if (token !== undefined && token !== key) copy.set(token, harmed(String(copy.get(token)), chance));
      const { cache, load, state, heard } = boot(copy, clock);
      expect(await load('1'), damaged).toEqual(right('1'));
      if (damaged !== text) {
        expect(state.calls, damaged).toBe(1);
        expect(heard.map(({ type }) => type)).toContain('storeDamaged');
      }
      await cache.close();
    }
  },
  runs(60_000, 1_200_000),
);
