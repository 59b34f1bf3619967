import { expect, test } from 'vitest';
import { defineHasher, rememberResource, textEverywhere } from '../../../packages/core/src/key/index.js';
import { keyer, keyOf } from './support.js';

/*
 * S35: keys outlive the process, so these texts are a format. One that changes leaves every stored entry behind: change
 * it only together with the version of the stored frame.
 */

class Point {
  readonly x = 1;
}

const ring: { [name: string]: unknown } = {};
ring['self'] = { ring };
const holed: unknown[] = [1];
holed[3] = 2;
holed.length = 6;

function self(this: unknown): unknown {
  return this;
}

const resource = { query: () => 1 };
rememberResource(resource, {
  fn: 'pool',
  text: 'R',
  told: { type: 'text', text: textEverywhere('pool', 'db1') },
  isLive: () => true,
});

const texts: readonly [string, string, () => string][] = [
  ['no arguments', '()', () => keyOf()],
  [
    'primitives',
    '(uztfn0;n-0;n1.5;n1e+21;nNaN;n-Infinity;i12;s0:s3:a:b)',
    () => keyOf(undefined, null, true, false, 0, -0, 1.5, 1e21, Number.NaN, -Infinity, 12n, '', 'a:b'),
  ],
  ['a lone surrogate', '(w1:ANg;)', () => keyOf('\ud800')],
  ['a long string', '(S4097:PpcZf0uNRqiTBnyUqxXhlePZf7XyTu3l;)', () => keyOf('x'.repeat(4097))],
  ['an array with holes', '([n1;h2;n2;h2;])', () => keyOf(holed)],
  ['an array with a name', '([n1;|s1:an1;s1:bn2;])', () => keyOf(Object.assign([1], { b: 2, a: 1 }))],
  [
    'an object',
    '({s2:10n1;s1:9n2;s1:a{ys1:sz}s1:b[n1;s1:x]})',
    () => keyOf({ b: [1, 'x'], a: { [Symbol.for('s')]: null }, 10: 1, 9: 2 }),
  ],
  [
    'a map',
    '(Ms1:an2;s1:bn1;})',
    () =>
      keyOf(
        new Map([
          ['b', 1],
          ['a', 2],
        ]),
      ),
  ],
  ['a set', '(En1;s1:as1:b})', () => keyOf(new Set(['b', 'a', 1]))],
  ['a date', '(d1700000000000;dNaN;)', () => keyOf(new Date(1_700_000_000_000), new Date(Number.NaN))],
  ['an expression', '(rs4:a\\/bs3:giun0;)', () => keyOf(/a\/b/giu)],
  [
    'a URL and a query',
    '(Us17:https://a.b/c?d=eQs7:a=1&b=2)',
    () => keyOf(new URL('https://a.b/c?d=e'), new URLSearchParams('a=1&b=2')),
  ],
  [
    'bytes',
    '(bUint8Array:3:YWJj;bArrayBuffer:2:AAA;bDataView:1:AA;)',
    () => keyOf(Buffer.from('abc'), new ArrayBuffer(2), new DataView(new ArrayBuffer(1))),
  ],
  ['many bytes', '(BUint8Array:1025:xVuQUJuMubrFP73d_JPU5XJoXFCfEhhC;)', () => keyOf(new Uint8Array(1025))],
  ['a cycle', '({s4:self{s4:ring^1;}})', () => keyOf(ring)],
  [
    'much',
    '(#10892:4a4NBapqWyLDMsbi6tL1CXzpW2KNaJVM;)',
    () => keyOf(Array.from({ length: 2000 }, (_, index) => index)),
  ],
  ['an ignored argument', '(*n2;)', () => keyer({ ignoreArgs: [0] }).keyOf(undefined, [() => 1, 2])],
  ['the option key', '=[n1;]', () => keyer({ key: (id: number) => [id] }).keyOf(undefined, [1])],
  [
    'a hasher',
    '(Hs5:Points5:Pointn1;)',
    () => keyer({ hashers: [defineHasher(Point, (point) => point.x)] }).keyOf(undefined, [new Point()]),
  ],
  ['a key method', '(Ks6:Objects1:k)', () => keyOf({ [Symbol.for('millpond.key')]: () => 'k' })],
  ['a resource', '(Rs4:pools3:db1)', () => keyer({ stored: true }).keyOf(undefined, [resource])],
  [
    '`this` by its key method',
    '@Ks6:Objectn7;(n1;)',
    () => keyer({ original: self, stored: true }).keyOf({ [Symbol.for('millpond.key')]: () => 7 }, [1]),
  ],
];

test.each(texts)('S35: the key of %s is %s, in every process', (_, text, key) => {
  expect(key()).toBe(text);
});
