import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cacheNames, segment } from '../../../packages/core/src/store/names.js';
import { runs } from '../../support/runs.js';

const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('-', '~', '/', '*', 'a', 'A', '.', 'é', '\ud800') }),
  fc.string({ minLength: 40, maxLength: 300 }),
);

function unescape(text: string): string {
  return text.replace(/~([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

describe('names of stored keys', () => {
  test('a short name can be read back from its segment, so no two share one', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const text = segment(name);
        if (!text.includes('~~')) expect(unescape(text)).toBe(name);
      }),
      { numRuns: runs(1000, 100_000) },
    );
  });

  test('long names that differ only at their ends have different segments', () => {
    const long = 'x'.repeat(200);
    expect(segment(`${long}a`)).not.toBe(segment(`${long}b`));
    expect(segment(`${long}a`)).not.toBe(segment(segment(`${long}a`)));
  });

  test('a segment holds nothing that a glob, a separator or a sanitizer touches', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(segment(name)).toMatch(/^[A-Za-z0-9_.~-]*$/);
        expect(segment(name)).not.toContain('--');
      }),
      { numRuns: runs(1000, 100_000) },
    );
  });

  test('every key is shorter than 200 characters and holds no colon', () => {
    fc.assert(
      fc.property(anyName, anyName, anyName, anyName, (cache, fn, key, tag) => {
        const names = cacheNames(cache, '1');
        const call = names.function(fn, 'v').call(key);
        const keys = [names.cache, names.invalidations, names.tag(tag), names.function(fn, 'v').token];
        for (const text of [...keys, call.entry, call.tombstone, call.mark, call.deletes]) {
          expect(text.length).toBeLessThan(200);
          expect(text).toMatch(/^[A-Za-z0-9_.~/-]*$/);
          expect(text).not.toContain('--');
        }
      }),
      { numRuns: runs(1000, 100_000) },
    );
  });

  test('an entry is told apart by cache, versions, function and key; a tombstone and a mark by cache, function and key', () => {
    const of = (cache: string, version: string, fn: string, fnVersion: string, key: string) =>
      cacheNames(cache, version).function(fn, fnVersion).call(key);
    const one = of('c', '1', 'f', 'v', 'k');
    const others = [of('d', '1', 'f', 'v', 'k'), of('c', '1', 'g', 'v', 'k'), of('c', '1', 'f', 'v', 'l')];
    const versions = [of('c', '2', 'f', 'v', 'k'), of('c', '1', 'f', 'w', 'k')];
    for (const other of [...others, ...versions]) {
      expect(other.entry).not.toBe(one.entry);
      expect(other.id).not.toBe(one.id);
    }
    for (const kind of ['tombstone', 'mark'] as const) {
      for (const other of others) expect(other[kind]).not.toBe(one[kind]);
      for (const other of versions) expect(other[kind]).toBe(one[kind]);
    }
  });

  test('deletes of the calls of a function are told of by 64 tokens, of all its versions', () => {
    const [one, other] = ['v', 'w'].map((version) => cacheNames('c', '').function('f', version));
    const deletes = Array.from({ length: 2000 }, (_, key) => one?.call(String(key)).deletes);
    expect(new Set(deletes).size).toBe(64);
    expect(deletes[0]).toBe(other?.call('0').deletes);
  });

  test('a long identity is replaced by its digest', () => {
    const fn = cacheNames('c', '').function('f', 'v');
    expect(fn.call('k'.repeat(1000)).id).toMatch(/^digest:[\w-]{32}$/);
    expect(fn.call('k'.repeat(1000)).id).not.toBe(fn.call(`${'k'.repeat(999)}l`).id);
  });
});
