import { expect, test } from 'vitest';
import { shapeCopierOf } from '../../../packages/core/src/copy/shape/index.js';

/** More bytes than it takes for a shape to be compiled. */
const HOT = 1_000_000;
/** Bytes of a master. */
const SMALL = 1000;
const LARGE = 1_000_000;

test('one copier serves all values of a shape, composed at first, compiled when much of it was copied', () => {
  const copier = shapeCopierOf([{ only: 1, here: 2 }], SMALL);
  expect(
    shapeCopierOf(
      [
        { only: 'a', here: 'b' },
        { only: 3n, here: null },
      ],
      SMALL,
    ),
  ).toBe(copier);
  expect(shapeCopierOf([{ here: 2, only: 1 }], SMALL)).not.toBe(copier);
  expect(shapeCopierOf([{ only: 1, here: 2 }], LARGE)).not.toBe(copier);
  const first = copier.copy;
  copier.note(100);
  expect(copier.settled).toBe(false);
  copier.note(HOT);
  expect(copier.settled).toBe(true);
  expect(copier.copy).not.toBe(first);
});

test('a bounded number of shapes is known, and those that are known no more go on', () => {
  const master = { first: 1 };
  const first = shapeCopierOf(master, SMALL);
  for (let at = 0; at < 512; at += 1) shapeCopierOf({ [`another ${at}`]: 1 }, SMALL);
  expect(shapeCopierOf(master, SMALL)).not.toBe(first);
  first.note(HOT);
  expect(first.copy(master)).toEqual({ first: 1 });
});
