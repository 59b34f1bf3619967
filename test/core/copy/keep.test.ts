import { describe, expect, test } from 'vitest';
import { adopt, keep } from '../../../packages/core/src/copy/index.js';
import { difference } from './support/identical.js';

const clone = { fn: 'load', mode: 'clone' } as const;
const freeze = { fn: 'load', mode: 'freeze' } as const;
const share = { fn: 'load', mode: 'share' } as const;

describe("copy: 'clone'", () => {
  test('S36: a caller who changes his copy changes nobody else’s', () => {
    const kept = keep({ user: { tags: ['a'] } }, clone);
    const first = kept.copy() as { user: { tags: string[] } };
    first.user.tags.push('b');
    expect(kept.copy()).toEqual({ user: { tags: ['a'] } });
  });

  test('S37, hazard 44: what the function holds on to is not what is kept', () => {
    const held = { at: new Date(5), rows: [{ n: 1 }] };
    const kept = keep(held, clone);
    held.at.setTime(9);
    held.rows[0] = { n: 2 };
    expect(kept.copy()).toEqual({ at: new Date(5), rows: [{ n: 1 }] });
  });

  test('S38: every copy is another object', () => {
    const kept = keep([{}], clone);
    expect(new Set(Array.from({ length: 20 }, () => kept.copy())).size).toBe(20);
  });

  test.each([0, -0, NaN, '', 'text', 7n, true, false, null, undefined])('a primitive is its own copy: %s', (value) => {
    expect(keep(value, clone).copy()).toBe(value);
  });

  test('nothing of a frozen or sealed object is kept but its content', () => {
    const copy = keep(Object.freeze({ list: Object.freeze([1]) }), clone).copy();
    expect(difference({ list: [1] }, copy)).toBeUndefined();
  });

  test('getters become what they answer', () => {
    const source = {
      get now(): number {
        return 5;
      },
    };
    expect(difference({ now: 5 }, keep(source, clone).copy())).toBeUndefined();
  });

  test('non-enumerable properties are left out, as by structuredClone', () => {
    const source = Object.defineProperty({ a: 1 }, 'hidden', { value: () => 1, enumerable: false });
    const withSymbol = Object.defineProperty(source, Symbol('internal'), { value: 1, enumerable: false });
    expect(difference({ a: 1 }, keep(withSymbol, clone).copy())).toBeUndefined();
  });
});

describe("copy: 'freeze'", () => {
  test('everybody gets the one master, frozen at every depth', () => {
    const kept = keep({ rows: [{ n: 1 }], bare: Object.create(null) as object, error: new RangeError('x') }, freeze);
    const copy = kept.copy() as { rows: { n: number }[]; bare: object; error: Error };
    expect(kept.copy()).toBe(copy);
    for (const object of [copy, copy.rows, copy.rows[0], copy.bare, copy.error])
      expect(Object.isFrozen(object)).toBe(true);
    expect(() => copy.rows.push({ n: 2 })).toThrow(TypeError);
  });

  test('hazard 46: the object of the function is not frozen, and changes nothing', () => {
    const held = { rows: [1] };
    const kept = keep(held, freeze);
    held.rows.push(2);
    expect(kept.copy()).toEqual({ rows: [1] });
  });

  test('cycles are frozen too', () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    const copy = keep(ring, freeze).copy() as { self: unknown };
    expect(copy.self).toBe(copy);
    expect(Object.isFrozen(copy)).toBe(true);
  });

  test.each([
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a Date', new Date()],
    ['a RegExp', /a/],
    ['a typed array', new Uint8Array(1)],
    ['a Buffer', Buffer.from('a')],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a URL', new URL('https://example.org')],
    ['a URLSearchParams', new URLSearchParams()],
    ['a Headers object', new Headers()],
  ])('hazard 46: %s stays changeable when frozen, so it is refused by its path', (name, value) => {
    expect(() => keep({ rows: [{ value }] }, freeze)).toThrow(`load: result.rows[0].value is ${name}, which`);
    expect(() => adopt({ rows: [{ value }] }, freeze)).toThrow(`load: result.rows[0].value is ${name}, which`);
    expect(() => keep({ value }, freeze)).toThrow("use copy: 'clone' (the default)");
  });
});

describe("copy: 'share'", () => {
  test('everybody gets the value itself, whatever it is', () => {
    class Model {
      readonly run = (): number => 1;
    }
    for (const value of [new Model(), () => 1, Symbol('s'), { a: 1 }]) {
      expect(keep(value, share).copy()).toBe(value);
      expect(adopt(value, share).copy()).toBe(value);
    }
  });

  test('no getter runs and no proxy is asked', () => {
    const forbidden = (): never => {
      throw new Error('was read');
    };
    const trap = new Proxy({}, { ownKeys: forbidden, get: forbidden, getPrototypeOf: forbidden });
    const value = Object.defineProperty({ trap }, 'live', { get: forbidden, enumerable: true });
    expect(keep(value, share).copy()).toBe(value);
  });
});

describe('a value that is private already', () => {
  test('is its own master, and is copied like any', () => {
    const master = { rows: [{ at: new Date(1) }] };
    const kept = adopt(master, clone);
    expect(kept.master).toBe(master);
    expect(difference(master, kept.copy())).toBeUndefined();
    expect(kept.copy()).not.toBe(master);
  });

  test('is frozen where it is', () => {
    const master = { rows: [{ n: 1 }] };
    expect(adopt(master, freeze).copy()).toBe(master);
    expect(Object.isFrozen(master.rows[0])).toBe(true);
  });
});
