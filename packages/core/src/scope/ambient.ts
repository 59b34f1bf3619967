import { AsyncLocalStorage } from 'node:async_hooks';
import { inRootContext } from '../context.js';
import type { RequestScope } from './request-scope.js';

/** In which scope code runs: one for each cache, the innermost first. */
interface Ambient {
  /** Stands for the cache. */
  readonly owner: object;
  readonly request: RequestScope;
  readonly outer: Ambient | undefined;
}

/** Off until the first scope is opened: below Node 24 it taxes every await (hazard 47). */
const storage = new AsyncLocalStorage<Ambient>();

/** Runs a function inside a scope. */
export function runInside<R>(owner: object, request: RequestScope, run: () => R): R {
  const around = storage.getStore();
  // The same again, as adapters do whose framework loses the context: one is enough.
  if (around?.request === request) return run();
  return storage.run({ owner, request, outer: around }, run);
}

/** The scope of a cache that the calling code runs in. */
export function ambientScope(owner: object): RequestScope | undefined {
  for (let around = storage.getStore(); around !== undefined; around = around.outer) {
    if (around.owner === owner) return around.request;
  }
  return undefined;
}

/** Runs a function outside any request, but for its scopes: what a cache does that is switched off, and has no runs. */
export function inRootContextWithScopes<R>(run: () => R): R {
  const around = storage.getStore();
  return around === undefined ? inRootContext(run) : inRootContext(() => storage.run(around, run));
}
