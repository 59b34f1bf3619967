import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeValue, encodeValue } from '../../../packages/core/src/codec/index.js';
import { runs } from '../../support/runs.js';
import { thrownBy } from '../../support/thrown-by.js';
import { anyText, data, graphs } from '../copy/support/arbitraries.js';
import { difference } from '../copy/support/identical.js';

/** The names in a JSON text that have an escape in them, which JSON.parse of Node 24 may take for others. */
function escapedNames(json: string): string[] {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*":?/g)]
    .map(([token]) => token)
    .filter((token) => token.endsWith(':') && token.includes('\\'));
}

describe('an object with a name that JSON would escape is written as names and values', () => {
  const shared = { '\t': 1 };
  const bare = (name: string): object => Object.assign(Object.create(null) as object, { [name]: 1 });
  test.each<[string, unknown, string]>([
    ['alone', { a: 1, '\n': '~' }, '~t["~#F","a",1,"\\n","~~"]'],
    ['in another', { a: { '"': [] } }, '~t{"a":["~#F","\\"",[]]}'],
    ['around another', { '\\': { a: 1 } }, '~t["~#F","\\\\",{"a":1}]'],
    ['in an array', [{ '\ud800': 1 }], '~t[["~#F","\\ud800",1]]'],
    ['without a prototype', bare('\u0000'), '~t["~#N",["~#F","\\u0000",1]]'],
    ['in two places', [shared, shared], '~g[["~#F","\\t",1],"~R1"]'],
    ['beside __proto__', JSON.parse('{"__proto__":1,"\\n":2}'), '~t["~#F","__proto__",1,"\\n",2]'],
    ['an array with a name', Object.assign([5], { '\n': 1 }), '~t["~#A",1,["~#F","0",5,"\\n",1]]'],
  ])('%s', (_, value, text) => {
    expect(encodeValue(value)).toBe(text);
    expect(difference(value, decodeValue(text))).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ['texts with escapes', { a: '\n"\\' }, '{"a":"\\n\\"\\\\"}'],
    ['names beyond ASCII', { 'grüße 🌊': 1 }, '{"grüße 🌊":1}'],
  ])('but not %s', (_, value, text) => {
    expect(encodeValue(value)).toBe(text);
  });

  test.each([
    '~t["~#F"',
    '~t["~#F","a"]',
    '~t["~#F",1,1]',
    '~t["~#F","a",1,"b"]',
    '~t["~#N",["~#F","a"]]',
    '~t["~#N",["a",1]]',
    '~t["~#N",["~#M","a",1]]',
    '~t["~#F","a","~?"]',
    `~t${'["~#F","a",'.repeat(1500)}1${']'.repeat(1500)}`,
  ])('and %s is none', (text) => {
    expect(String(thrownBy(() => decodeValue(text)))).toContain('The text is not that of a value: ');
  });
});

test('what is read is what was written, whatever names the process has read before', () => {
  for (const [first, second] of [
    ['\\', '\n'],
    ['a\\', 'a"'],
    ['b\\', 'b\u0001'],
  ] as const) {
    // In Node 24 this makes JSON.parse take the second for the first.
    JSON.parse(JSON.stringify({ x: 0, [first]: 1 }));
    const value = { x: 0, [second]: 1 };
    expect(difference(value, decodeValue(encodeValue(value)))).toBeUndefined();
  }
});

test(
  'no text has a name with an escape in it',
  () => {
    fc.assert(
      fc.property(fc.oneof(data, graphs, fc.dictionary(anyText, anyText)), (value) => {
        expect(escapedNames(encodeValue(value))).toEqual([]);
      }),
      { numRuns: runs(2000, 50_000) },
    );
  },
  runs(60_000, 600_000),
);
