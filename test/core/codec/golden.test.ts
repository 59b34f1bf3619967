import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  decodeFrame,
  decodeValue,
  encodeFrame,
  encodeValue,
  type Frame,
} from '../../../packages/core/src/codec/index.js';
import { adopt, codecsOf, keep } from '../../../packages/core/src/copy/index.js';
import { difference } from '../copy/support/identical.js';
import { Basket, codecs, Money, User } from '../support/classes.js';

/*
 * Frames that releases of Millpond have written, kept for ever: whoever reads a store after an upgrade meets them. A
 * file is named by the version of the format and by its value below. Never change a file; a new format adds files. (To
 * add those of new values: MILLPOND_GOLDEN=1 npx vitest run test/core/codec/golden.test.ts writes what is missing.)
 */

const folder = new URL('golden/', import.meta.url);

function failure(): Error {
  const error = new TypeError('no such user', { cause: new Error('connection refused') });
  (error.cause as Error).stack = 'Error: connection refused\n    at connect (db.js:1:1)';
  error.stack = 'TypeError: no such user\n    at load (users.js:3:7)';
  return Object.assign(error, { code: 'E_USER', status: 404 });
}

function graph(): unknown {
  const owner: Record<string, unknown> = { name: 'Ada' };
  const list = [owner, owner];
  owner['friends'] = new Set([owner, list]);
  return {
    owner,
    list,
    byName: new Map<unknown, unknown>([
      ['Ada', owner],
      [owner, new Date(0)],
    ]),
  };
}

function instances(): unknown {
  const user = new User('Ada');
  user.friends = [user];
  user.balance = Money.of(1250);
  return { user, basket: new Basket(new Map([['~tea', { price: Money.of(250), by: user }]])), again: user.balance };
}

const values: Record<string, () => unknown> = {
  undefined: () => undefined,
  'a-number': () => 42.5,
  'minus-zero': () => -0,
  text: () => 'grüße 🌊 \u0000 \ud800 "\\',
  'a-tag-like-text': () => '~#M',
  'a-bigint': () => -(2n ** 70n),
  json: () => ({ id: 1, name: 'Ada', tags: ['a', 'b'], nested: { empty: {}, list: [[], null, true] } }),
  'rows-with-dates': () => [
    { id: 1, at: new Date(Date.UTC(2026, 0, 1)), note: undefined },
    { id: 2, at: new Date(NaN), note: 'x' },
  ],
  'rows-in-rows': () => ({
    orders: [7, 8].map((id) => ({
      id,
      at: new Date(Date.UTC(2026, 0, id)),
      by: { name: `~${id}`, address: { city: id === 7 ? 'Oslo' : null } },
      lines: [1, 2, 3].map((line) => ({ line, price: line / id, note: line === 2 ? undefined : 'x' })),
      paid: [new Set([id])],
    })),
    lines: [1, 2].map((line) => ({ line, price: -0, note: 'y' })),
    mixed: [{ a: 1 }, { b: 1 }],
  }),
  'dates-or-null': () =>
    [3, 1, 2].map((day) => ({
      day,
      at: new Date(Date.UTC(2026, 0, day)),
      paid: day === 1 ? null : new Date(day),
      note: day === 2 ? '~u' : 'x',
    })),
  'awkward-names': () => ({
    rows: [1, 2].map((n) => ({ '\n': n, '"': { '\\': n } })),
    one: { '\u0000': 1, a: { '\ud800': [{ '\\': undefined }] } },
    bare: Object.assign(Object.create(null) as object, { '"a"': 1 }),
    error: Object.assign(failure(), { '\t': 1 }),
  }),
  collections: () =>
    new Map<unknown, unknown>([
      ['set', new Set([1, NaN, '~'])],
      [{ key: 1 }, new Map([[-0, Infinity]])],
    ]),
  binary: () => ({
    buffer: Buffer.from('hello'),
    bytes: Uint8Array.of(0, 255),
    memory: Uint8Array.of(1, 2, 3).buffer,
    view: new DataView(Uint8Array.of(9, 8).buffer),
    floats: Float64Array.of(1.5, -0, NaN),
    longs: BigInt64Array.of(-1n),
  }),
  'odd-arrays': () => [Object.assign([], { 3: 'x' }), Object.assign([1], { total: 1 })],
  'odd-objects': () => [
    JSON.parse('{"__proto__":1,"~u":"~u"}'),
    Object.assign(Object.create(null) as object, { a: [] }),
  ],
  'an-error': failure,
  'an-aggregate-error': () => Object.assign(new AggregateError([failure()], 'all'), { stack: 'AggregateError: all' }),
  'web-types': () => [
    new URL('https://example.org/a?b#c'),
    new URLSearchParams('a=1&a=2'),
    new Headers({ 'x-a': '1' }),
  ],
  'regular-expressions-and-boxes': () => [
    /a\/(?<b>\d)/giu,
    Object(1) as unknown,
    Object('x') as unknown,
    Object(2n) as unknown,
  ],
  'a-graph': graph,
  instances,
};

/** The codecs of the instances in them, and how they are kept. */
const table = codecsOf(codecs, [], 'test');
/** The format that this release writes. */
const CURRENT = 'v3';
const options = { fn: 'golden', mode: 'clone', codecs: table } as const;

/** What instances hold where nobody can see it. */
function contents(value: unknown, seen: Set<unknown> = new Set()): unknown[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (value instanceof Money) return [value.cents];
  const parts = value instanceof Map ? [...value.values()] : Object.values(value);
  return parts.flatMap((part) => contents(part, seen));
}

function frameOf(name: string): Frame {
  return {
    id: `golden/${name}(s2:42,w2:\ud800)`,
    createdAt: 1_790_000_000_000.25,
    computeMs: 3.5,
    ttl: 60_000,
    staleWhileRevalidate: undefined,
    staleIfError: 86_400_000,
    fences: [
      ['f:golden', 'fence-token'],
      ['c:', ''],
    ],
    tags: [['user:42', 'tag-token']],
    payload: encodeValue(keep(values[name]?.(), options).written(), 'golden', table),
  };
}

if (process.env['MILLPOND_GOLDEN'] === '1') {
  const kept = readdirSync(folder);
  for (const name of Object.keys(values)) {
    const file = `${CURRENT}-${name}.txt`;
    if (!kept.includes(file)) writeFileSync(new URL(file, folder), encodeFrame(frameOf(name)));
  }
}

const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));

test('every value has its file in the format of this release', () => {
  const current = files.filter((file) => file.startsWith(`${CURRENT}-`));
  expect(current).toEqual(
    Object.keys(values)
      .map((name) => `${CURRENT}-${name}.txt`)
      .sort(),
  );
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const name = /^v\d+-(.*)\.txt$/.exec(file)?.[1] ?? '';
  const make = values[name];

  test('is read as what was written', () => {
    const { frame } = decodeFrame(text);
    expect({ ...frame, payload: '' }).toEqual({ ...frameOf(name), payload: '' });
    const value = adopt(decodeValue(frame?.payload ?? '', table), options).copy();
    expect(difference(make?.(), value)).toBeUndefined();
    expect(contents(value)).toEqual(contents(make?.()));
  });

  if (file.startsWith(`${CURRENT}-`)) {
    test('is what this release writes', () => {
      expect(encodeFrame(frameOf(name))).toBe(text);
    });
  }
});
