import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CacheError } from '@millpond/core';
import { decodeValue, encodeValue } from '../../../packages/core/src/codec/index.js';
import { runs } from '../../support/runs.js';
import { thrownBy } from '../../support/thrown-by.js';
import { codecsOf } from '../../../packages/core/src/copy/index.js';
import { codecs, User } from '../support/classes.js';
import { data, graphs } from '../copy/support/arbitraries.js';
import { damaged, EACH, several } from './support/damage.js';
import { prototypes } from './support/prototypes.js';

const table = codecsOf(codecs, [], 'test');

describe('a text that is none of a value is refused by a plain Error', () => {
  test.each([
    '',
    ' ',
    'undefined',
    '{"a":1',
    '[1,]',
    '{"a":1}x',
    '~',
    '~x1',
    '~t',
    '~t{',
    '~t"~"',
    '~t"~?"',
    '~t"~u1"',
    '~t"~n"',
    '~t"~n0x1"',
    '~t"~n "',
    '~t"~nFF"',
    '~t"~n--1"',
    '~t"~D1e3"',
    '~t"~D99999999999999999"',
    '~t"~D8640000000000001"',
    '~t"~Dx"',
    '~t"~Xg"',
    '~t"~Xgg/a"',
    '~t"~X/("',
    '~t"~Lno url"',
    '~t"~b?"',
    '~t"~bAQI"',
    '~t"~bAQ=D"',
    '~t"~TInt8Array"',
    '~t"~TMap:AQID"',
    '~t"~TInt16Array:AQID"',
    '~t"~TFloat64Array:AQID"',
    '~t"~R0"',
    '~g"~R0"',
    '~g["~R1"]',
    '~g["~R-1"]',
    '~g["~R"]',
    '~g["~R1.5"]',
    '~t["~#"]',
    '~t["~#Z"]',
    '~t["~#M",1]',
    '~t["~#N"]',
    '~t["~#N",[]]',
    '~t["~#N",null]',
    '~t["~#N",{},1]',
    '~t["~#A",2]',
    '~t["~#A",-1,{}]',
    '~t["~#A",1.5,{}]',
    '~t["~#A","2",{}]',
    '~t["~#A",4294967296,{}]',
    '~t["~#A",2,{"5":1}]',
    '~t["~#E","Error",{}]',
    '~t["~#E","Map",{},{}]',
    '~t["~#E",1,{},{}]',
    '~t["~#E","Error",[],{}]',
    '~t["~#O"]',
    '~t["~#O",1,2]',
    '~t["~#O","~u"]',
    '~t["~#O",null]',
    '~t["~#O",{}]',
    '~t["~#Q","a"]',
    '~t["~#Q",1,"a"]',
    '~t["~#H","a"]',
    '~t["~#H","no header","a"]',
    '~t["~#G","AQID"]',
    '~t["~#G","AQID",1]',
    '~t["~#G","AQID",8,9]',
    '~t["~#G",1,8]',
    '~t["~#C"]',
    '~t["~#C","money"]',
    '~t["~#C","money",1,2]',
    '~t["~#C",1,1]',
    '~t["~#C","User",{}]',
    '~t["~#C","toString",1]',
    '~t["~#P"]',
    '~t["~#P","User"]',
    '~t["~#P","User",[]]',
    '~t["~#P","User",null]',
    '~t["~#P","User",{},1]',
    '~t["~#P",1,{}]',
    '~t["~#P","money",{}]',
    '~t["~#P","constructor",{}]',
  ])('%j', (text) => {
    const error = thrownBy(() => decodeValue(text, table));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(CacheError);
    expect(String(error)).toContain('The text is not that of a value: ');
  });
});

describe('nothing in a text reaches a prototype', () => {
  test.each([
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    '~t{"__proto__":["~#M","polluted",1],"a":"~u"}',
    '~t["~#N",{"__proto__":{"polluted":1}}]',
    '~t["~#A",1,{"__proto__":{"polluted":1}}]',
    '~t["~#E","Error",{"__proto__":{"polluted":1}},{"__proto__":{"polluted":1}}]',
    '~g{"__proto__":"~R0","polluted":1}',
    '~t["~#P","User",{"__proto__":{"polluted":1},"constructor":1}]',
  ])('%s', (text) => {
    const value = decodeValue(text, table) as object;
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect([Object.prototype, Array.prototype, Error.prototype, User.prototype, null]).toContain(
      Object.getPrototypeOf(value),
    );
    const fields =
      value instanceof Map || Array.isArray(value) ? value : Object.getOwnPropertyDescriptor(value, '__proto__');
    expect(fields).toBeDefined();
  });
});

test(
  'reading damaged payloads ends in a value or a plain Error, and changes no prototype',
  () => {
    const before = prototypes();
    const instances = '~g[["~#P","User",{"name":"Ada","friends":["~R1"]}],["~#C","basket",["~#C","money",5]],"~R3"]';
    const texts = fc.oneof(
      { weight: 9, arbitrary: fc.oneof(data, graphs).map((value) => encodeValue(value)) },
      { weight: 1, arbitrary: fc.constant(instances) },
    );
    fc.assert(
      fc.property(
        texts.chain((text) => several(damaged(text))),
        (found) => found.forEach(readSomehow),
      ),
      { numRuns: runs(5000 / EACH, 1_000_000 / EACH) },
    );
    expect(prototypes()).toBe(before);
  },
  runs(60_000, 3_600_000),
);

function readSomehow(text: string): void {
  try {
    expect(typeof decodeValue(text, table)).not.toBe('function');
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(CacheError);
    expect(String(error)).toContain('The text is not that of a value: ');
  }
}

describe('the time to read grows with the text, not with its square', () => {
  const texts: [string, (size: number) => string][] = [
    ['blanks in headers', (size) => `~t["~#H","a","${', '.repeat(size)}x"]`],
    ['bytes that are none', (size) => `~t"~b${'A'.repeat(size * 4)}?"`],
    ['equal signs', (size) => `~t"~b${'='.repeat(size * 4)}"`],
    ['a long bigint', (size) => `~t"~n${'f'.repeat(size)}"`],
    ['a bigint that is none', (size) => `~t"~n${'f'.repeat(size)}g"`],
    ['many references', (size) => `~g[{}${',"~R1"'.repeat(size)}]`],
    ['many keys of a Map', (size) => `~t["~#M"${Array.from({ length: size }, (_, n) => `,"k${n}",${n}`).join('')}]`],
    ['a long array of few items', (size) => `~t["~#A",4294967295,{"${size}":1}]`],
    ['many tags', (size) => `~t[${Array.from({ length: size }, () => '"~D5"').join(',')}]`],
    ['unclosed brackets', (size) => `~t${'['.repeat(size)}`],
    ['a text that ends too early', (size) => `["${'\\u0041'.repeat(size)}`],
  ];
  test.each(texts)('%s', (_, make) => {
    // A square would need hours for these.
    for (const text of [make(100_000), make(200_000)]) {
      try {
        decodeValue(text);
      } catch (error) {
        expect(String(error)).toContain('The text is not that of a value: ');
      }
    }
  });
});
