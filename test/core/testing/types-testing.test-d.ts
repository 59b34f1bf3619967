import { expect, expectTypeOf } from 'vitest';
import { createCache, type Cache, type Clock, type StoreInput } from '@millpond/core';
import {
  createFaultyStore,
  createPassThroughCache,
  createTestClock,
  millpondMatchers,
  type MillpondMatchers,
} from '@millpond/core/testing';

// What the kit makes goes where the real things go.
expectTypeOf(createTestClock()).toExtend<Clock>();
expectTypeOf(createFaultyStore()).toExtend<StoreInput>();
expectTypeOf(createPassThroughCache()).toEqualTypeOf<Cache>();
createCache({ name: 'shop', clock: createTestClock(new Date()), store: createFaultyStore() });

// Importing the kit is enough for vitest.
const load = createPassThroughCache().cacheData(async (id: string) => id);
expectTypeOf(load).toEqualTypeOf(createCache().cacheData(async (id: string) => id));
expect.extend(millpondMatchers);
expectTypeOf(expect(load).toHaveComputedOnce()).toEqualTypeOf<void>();
expectTypeOf(expect(load).not.toHaveHit(1)).toEqualTypeOf<void>();
// @ts-expect-error once is once
expect(load).toHaveComputedOnce(2);
// @ts-expect-error a number of times
expect(load).toHaveHit('once');

// And for jest: its global interface has them, with what its assertions return.
declare function jestExpect<T>(
  actual: T,
): jest.Matchers<void, T> & { readonly resolves: jest.Matchers<Promise<void>, T> };
expectTypeOf(jestExpect(load).toHaveJoined()).toEqualTypeOf<void>();
expectTypeOf(jestExpect(load).resolves.toHaveMissed(1)).toEqualTypeOf<Promise<void>>();

// `expect` of the package of that name takes a record of such functions.
type ExpectExtendMap = Record<
  string,
  (this: object, actual: never, ...expected: never[]) => { pass: boolean; message: () => string }
>;
expectTypeOf(millpondMatchers).toExtend<ExpectExtendMap>();
expectTypeOf<keyof typeof millpondMatchers>().toEqualTypeOf<keyof MillpondMatchers>();
