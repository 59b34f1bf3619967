import { property } from './input.js';
import { segment } from './names.js';

/** What version 5 of Keyv has for those who give none, and version 6 has not: both are to find the same keys. */
const DEFAULT = 'keyv';

/**
 * Where a key is kept by a Keyv, or an adapter, that has a namespace: behind it, since an adapter need not keep them
 * apart. Those of SQL leave that to the Keyv, which is gone around, and one that several Keyvs share has the namespace
 * of the last.
 */
export function namespaced(store: object): (key: string) => string {
  const namespace = property(store, 'namespace');
  if (typeof namespace !== 'string' || namespace === '' || namespace === DEFAULT) return (key) => key;
  const end = `/${segment(namespace)}`;
  return (key) => key + end;
}
