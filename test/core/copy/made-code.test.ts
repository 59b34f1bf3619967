import { expect, test } from 'vitest';
import { codeMaker } from '../../../packages/core/src/made-code.js';

test('code is made of text with what it is given, so many pieces and no more (hazard 52)', () => {
  const makeCode = codeMaker(2);
  expect(makeCode('return given + 1;', { given: 1 })).toBe(2);
  expect(makeCode('return given + 1;', { given: 2 })).toBe(3);
  expect(makeCode('return given + 1;', { given: 3 })).toBeUndefined();
  expect(codeMaker(1)('return 1;', {})).toBe(1);
});

test('a fault in what was written is told, and not taken for code that is forbidden', () => {
  expect(() => codeMaker(1)('return (;', {})).toThrow(SyntaxError);
});
