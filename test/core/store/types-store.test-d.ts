import KeyvRedis from '@keyv/redis';
import { Keyv as Keyv5 } from 'keyv5';
import { Keyv as Keyv6, KeyvMemoryAdapter, type KeyvStorageAdapter } from 'keyv6';
import { expectTypeOf, test } from 'vitest';
import type { LocalStore, StoreInput } from '../../../packages/core/src/store/index.js';

test('the option store takes the real classes', () => {
  expectTypeOf<Keyv5>().toExtend<StoreInput>();
  expectTypeOf<Keyv5<string>>().toExtend<StoreInput>();
  expectTypeOf<Keyv6>().toExtend<StoreInput>();
  expectTypeOf<Keyv6<string>>().toExtend<StoreInput>();
  expectTypeOf<KeyvRedis<unknown>>().toExtend<StoreInput>();
  expectTypeOf<KeyvMemoryAdapter>().toExtend<StoreInput>();
  expectTypeOf<KeyvStorageAdapter>().toExtend<StoreInput>();
  expectTypeOf<Map<string, unknown>>().toExtend<StoreInput>();
});

test('and nothing that is no store', () => {
  expectTypeOf<string>().not.toExtend<StoreInput>();
  expectTypeOf<URL>().not.toExtend<StoreInput>();
  expectTypeOf<Set<string>>().not.toExtend<StoreInput>();
  expectTypeOf<typeof Keyv5>().not.toExtend<StoreInput>();
  expectTypeOf<Promise<Keyv5>>().not.toExtend<StoreInput>();
  expectTypeOf<LocalStore>().not.toExtend<StoreInput>();
});
