import Keyv5 from 'keyv5';
import Keyv6 from 'keyv6';
import type { CacheOptions } from '@millpond/core';
import { GatedStore } from './gated-store.js';

/** One kind of store that a cache takes, opened over data that several openings may share. */
export interface StoreKind {
  readonly kind: string;
  readonly open: (data: Map<string, unknown>) => NonNullable<CacheOptions['store']>;
}

/** Every kind of store that needs no server. */
export const storeKinds: readonly StoreKind[] = [
  { kind: 'a Map', open: (data) => data },
  { kind: 'Keyv 5', open: (data) => new Keyv5({ store: data }) },
  { kind: 'Keyv 6', open: (data) => new Keyv6({ store: data }) },
  { kind: 'a Keyv storage adapter', open: (data) => new GatedStore(data) },
];
