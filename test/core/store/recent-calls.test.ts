import { expect, test } from 'vitest';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import type { CallToExamine } from '../../../packages/core/src/store/examine.js';
import { FenceNames, sharedNames, type SharedNames } from '../../../packages/core/src/store/fences.js';
import { RecentCalls } from '../../../packages/core/src/store/recent-calls.js';

const names = cacheNames('shop', '');
const fn = names.function('getUser', '1');
const shared = (...tags: string[]): SharedNames => sharedNames(names, fn, { tags, learns: false });
const untagged = shared();

function call(key: string, wide: SharedNames = untagged): CallToExamine {
  const made = fn.call(key);
  return { key, call: made, names: new FenceNames(wide, made), fn: undefined as unknown as CallToExamine['fn'] };
}

test('the names of a call are found again, but not for other tags', () => {
  const recent = new RecentCalls();
  const noted = call('("a")');
  recent.note(noted);
  expect(recent.find('("a")', untagged)).toBe(noted);
  expect(recent.find('("a")', shared('users'))).toBeUndefined();
  expect(recent.find('("b")', untagged)).toBeUndefined();
});

test('what is looked for again and again stays, and the number of the others is bounded', () => {
  const recent = new RecentCalls();
  recent.note(call('(-1)'));
  for (let index = 0; index < 5000; index += 1) {
    recent.note(call(`(${index})`));
    expect(recent.find('(-1)', untagged)).toBeDefined();
  }
  const left = Array.from({ length: 5000 }, (_, index) => recent.find(`(${index})`, untagged)).filter(Boolean);
  expect(left.length).toBeLessThanOrEqual(2000);
});

test('a long key is not held on to', () => {
  const recent = new RecentCalls();
  const key = `("${'x'.repeat(200)}")`;
  recent.note(call(key));
  expect(recent.find(key, untagged)).toBeUndefined();
});
