import { expect, test } from 'vitest';
import { keep, type Kept } from '../../../packages/core/src/copy/index.js';

/** What one caller gets by what is settled alone. */
function copyOf({ settled }: Kept): unknown {
  if (settled === undefined) throw new Error('its copies are not settled');
  return settled.copy(settled.master);
}

test('what nobody can change, or all share, is settled at once', () => {
  const shared = { a: 1 };
  expect(copyOf(keep('text', { fn: 'load', mode: 'clone' }))).toBe('text');
  expect(Object.isFrozen(copyOf(keep({ a: 1 }, { fn: 'load', mode: 'freeze' })))).toBe(true);
  expect(copyOf(keep(shared, { fn: 'load', mode: 'share' }))).toBe(shared);
});

test('a tree is settled when its shape has proved to be worth code, and copies are as fresh and faithful as before', () => {
  const rows = (): object[] => Array.from({ length: 500 }, (_, id) => ({ id, at: new Date(id), tags: ['a', 'b'] }));
  const kept = keep(rows(), { fn: 'load', mode: 'clone' });
  expect(kept.settled).toBeUndefined();
  for (let copies = 0; kept.settled === undefined && copies < 100; copies += 1) kept.copy();
  const [one, other] = [copyOf(kept), copyOf(kept)];
  expect(one).toEqual(rows());
  expect(one).not.toBe(other);
  expect(one).toEqual(kept.copy());
});

test('what is looked at with each copy is never settled, until there is nothing to look for', () => {
  const heard: string[] = [];
  const value = { a: 1 };
  const kept = keep(value, { fn: 'load', mode: 'share', onMutated: (path) => heard.push(path) });
  kept.copy();
  expect(kept.settled).toBeUndefined();
  value.a = 2;
  kept.copy();
  expect(heard).toHaveLength(1);
  expect(copyOf(kept)).toBe(value);
  const twice = { one: value, other: value };
  const mixed = keep(twice, { fn: 'load', mode: 'clone' });
  for (let copies = 0; copies < 10; copies += 1) mixed.copy();
  expect(mixed.settled).toBeUndefined();
});
