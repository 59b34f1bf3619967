import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainText } from '../../../packages/core/src/key/plain-text.js';
import { Walk } from '../../../packages/core/src/key/walk.js';
import { runs } from '../../support/runs.js';
import { make, recipe } from './recipes.js';

const walked = (value: unknown): string =>
  new Walk({ fn: 'load', hasherFor: undefined, stored: false, met: undefined }).textOf(value, 0);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

test(
  'the text that is made without a walk is the one that a walk makes',
  () => {
    let compared = 0;
    const json = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(fc.oneof(recipe.map(make), json), (value) => {
        const text = isObject(value) ? plainText(value) : undefined;
        if (text === undefined) return;
        compared += 1;
        expect(text).toBe(walked(value));
      }),
      { numRuns: runs(5_000, 200_000) },
    );
    expect(compared).toBeGreaterThan(500);
  },
  runs(60_000, 1_800_000),
);

const circle: { self?: unknown } = {};
circle.self = circle;
const many = Array.from({ length: 300 }, (_, index) => index);
let doubled: unknown[] = [1];
for (let level = 0; level < 11; level += 1) doubled = [doubled, doubled];

test.each<[string, object, string | undefined]>([
  ['names in any order', { b: 1, a: '2' }, '{s1:as1:2s1:bn1;}'],
  [
    'more names than are sorted by hand',
    Object.fromEntries(Array.from('nmlkjihgfedcba').map((name) => [name, true])),
    undefined,
  ],
  ['what is not enumerable', Object.defineProperty({}, 'a', { value: 1 }), '{s1:an1;}'],
  ['a long list, whose text is shortened', Array.from({ length: 200 }, () => 'x'.repeat(50)), undefined],
])('%s', (_, value, text) => {
  expect(plainText(value)).toBe(text ?? walked(value));
});

test.each<[string, object]>([
  ['a circle', circle],
  ['what is met again and again', doubled],
  ['many values', many],
  ['a name that is a symbol', { [Symbol.for('tenant')]: 1 }],
  ['an object without a prototype', Object.create(null) as object],
  ['a Date', new Date(0)],
  ['holes', Object.assign([1], { length: 2 })],
  ['a list with a name', Object.assign([1], { total: 1 })],
  ['a function', { run: () => 1 }],
  [
    'a getter that throws',
    {
      get now(): number {
        throw new Error('not now');
      },
    },
  ],
])('%s is for a walk', (_, value) => {
  expect(plainText(value)).toBeUndefined();
});
