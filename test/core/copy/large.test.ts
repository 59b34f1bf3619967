import { deepStrictEqual } from 'node:assert';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keep, type Kept } from '../../../packages/core/src/copy/index.js';
import { buildPackages, runNode } from '../../support/node.js';

const clone = { fn: 'load', mode: 'clone' } as const;

function rows(): object[] {
  return Array.from({ length: 2000 }, (_, id) => ({
    rowId: id,
    at: new Date(id),
    meta: { of: `row ${id}`, tags: [id] },
  }));
}

/** A large value, whose copies are made by code. */
function large(): Kept {
  const kept = keep(rows(), clone);
  for (let copies = 0; kept.settled === undefined && copies < 10; copies += 1) kept.copy();
  expect(kept.settled).toBeDefined();
  return kept;
}

describe('copies of a large value', () => {
  test('are plain objects to whoever looks', () => {
    const [copy, value] = [large().copy() as object[], rows()];
    deepStrictEqual(copy, value);
    expect(inspect(copy, { depth: 4 })).toBe(inspect(value, { depth: 4 }));
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
    deepStrictEqual(structuredClone(copy), value);
    expect(Object.getPrototypeOf(copy[0])).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptors(copy[0])).toEqual(Object.getOwnPropertyDescriptors(value[0]));
  });

  describe('when Object.prototype was given one of their names', () => {
    afterEach(() => {
      Reflect.deleteProperty(Object.prototype, 'rowId');
    });

    test.each<[string, PropertyDescriptor]>([
      ['that cannot be written', { value: 'not mine', writable: false, configurable: true }],
      ['with a setter', { set: () => {}, configurable: true }],
    ])('%s: have it as their own all the same', (_, given) => {
      const kept = large();
      Reflect.defineProperty(Object.prototype, 'rowId', given);
      const copy = kept.copy() as Record<string, unknown>[];
      expect(Object.keys(copy[7] ?? {})).toEqual(['rowId', 'at', 'meta']);
      expect(copy[7]?.['rowId']).toBe(7);
    });
  });

  test('may have the names that all objects have', () => {
    const value = Array.from({ length: 2000 }, (_, id) => ({
      constructor: id,
      toString: 'text',
      row: { valueOf: id },
    }));
    const kept = keep(value, clone);
    for (let copies = 0; copies < 10; copies += 1) deepStrictEqual(kept.copy(), value);
  });
});

describe('in the memory of a process', () => {
  beforeAll(() => buildPackages(), 120_000);

  test('copies of a large value that nobody holds are gone without a full collection, though others were held before', async () => {
    const program = fileURLToPath(new URL('programs/large-copies.mjs', import.meta.url));
    const { code, stdout, stderr } = await runNode(['--expose-gc', program]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    // All of them are some 600 MB.
    const { full, more } = JSON.parse(stdout) as { full: number; more: number };
    expect(full).toBeLessThanOrEqual(2);
    expect(more).toBeLessThan(100);
  });
});
