import { buildCachedFunction } from '../cached-function.js';
import type { Built } from '../host.js';
import { StreamFunction } from './stream-function.js';
import type { StreamParts } from './stream-parts.js';

/** A cached stream function. It stays in memory, so that there is no store. */
export function buildCachedStream(parts: StreamParts): Built {
  const calls = new StreamFunction(parts);
  const { wrapper, owned } = buildCachedFunction({ ...parts, store: undefined, scope: undefined }, calls, () => ({}));
  const close = (): void => {
    owned.close();
    calls.stopUnread();
  };
  return { wrapper, owned: { ...owned, close } };
}
