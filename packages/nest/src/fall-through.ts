import { methodName, type CachedMethod } from './cached-method.js';

/** Hears that a decorated method ran uncached while an app with a `CacheModule` was up. */
export type UncachedListener = (message: string) => void;

const listeners = new Set<UncachedListener>();
const told = new WeakSet<CachedMethod>();

/** Tells a module's log about methods that fall through, until the returned function is called. */
export function onUncached(listener: UncachedListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Notes that a decorated method ran on an object that Nest has not injected: `new Users()` in a unit test, where it
 * is meant to be the plain method; or an instance made by hand inside an app, where it is most likely a mistake.
 */
export function noteUncached(method: CachedMethod): void {
  if (listeners.size === 0 || told.has(method)) return;
  told.add(method);
  const where = `${method.host}.${methodName(method.key)}`;
  for (const listener of listeners) {
    listener(
      `${where} runs uncached on an instance that Nest did not make, or is still making: only what Nest injects ` +
        'into is cached, from the end of its constructor on (said once).',
    );
  }
}
