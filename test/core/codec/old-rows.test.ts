import { describe, expect, test } from 'vitest';
import { decodeValue } from '../../../packages/core/src/codec/index.js';
import { thrownBy } from '../../support/thrown-by.js';
import { difference } from '../copy/support/identical.js';

describe('rows, as frames of the version 02 have them', () => {
  test.each<[string, unknown]>([
    [
      '~t["~#R",{"a":0,"b":0},1,"x",2,null]',
      [
        { a: 1, b: 'x' },
        { a: 2, b: null },
      ],
    ],
    ['~t["~#R",{"at":2},86400000,0]', [{ at: new Date(86_400_000) }, { at: new Date(0) }]],
    ['~t["~#R",{"a":1},"~~u","u"]', [{ a: '~u' }, { a: 'u' }]],
    [
      '~t["~#R",{"o":{"a":0},"b":1},1,"~u",2,[3]]',
      [
        { o: { a: 1 }, b: undefined },
        { o: { a: 2 }, b: [3] },
      ],
    ],
    [
      '~t["~#R",{"l":1,"m":1},["~#R",{"a":0},1,2],["~#R",{"b":0},1,2],["~#R",2,3,4],["~#R",1,3,4]]',
      [
        { l: [{ a: 1 }, { a: 2 }], m: [{ b: 1 }, { b: 2 }] },
        { l: [{ b: 3 }, { b: 4 }], m: [{ a: 3 }, { a: 4 }] },
      ],
    ],
  ])('%s are read', (text, value) => {
    expect(difference(value, decodeValue(text))).toBeUndefined();
  });

  test.each([
    '~t["~#R"]',
    '~t["~#R",{"a":0}]',
    '~t["~#R",{},1]',
    '~t["~#R",{"a":{}},1]',
    '~t["~#R",[0],1]',
    '~t["~#R",null,1]',
    '~t["~#R","a",1]',
    '~t["~#R",0,1]',
    '~t["~#R",{"a":3},1]',
    '~t["~#R",{"a":"0"},1]',
    '~t["~#R",{"a":null},1]',
    '~t["~#R",{"__proto__":0},1]',
    '~t["~#R",{"a":{"__proto__":0}},1]',
    '~t["~#R",{"a":0,"b":0},1,2,3]',
    '~t["~#R",{"a":0},{}]',
    '~t["~#R",{"a":0},[]]',
    '~t["~#R",{"a":2},"~D5"]',
    '~t["~#R",{"a":2},1.5]',
    '~t["~#R",{"a":2},8640000000000001]',
    '~t["~#R",{"a":2},-8640000000000000,8639999999999999]',
    '~t["~#R",{"a":2},null]',
    '~t["~#R",{"a":1},"~?"]',
    '~t["~#R",1,1,["~#R",{"a":0},1]]',
    '~g["~#R",{"a":0},1,2]',
    `~t["~#R",${'{"a":'.repeat(1500)}0${'}'.repeat(1500)},1]`,
    `~t["~#R",{"a":1},${'['.repeat(1500)}${']'.repeat(1500)}]`,
  ])('and refused where they are none: %s', (text) => {
    expect(String(thrownBy(() => decodeValue(text)))).toContain('The text is not that of a value: ');
  });
});
