import { AsyncLocalStorage } from 'node:async_hooks';
import { inRootContext } from '../context.js';
import type { RequestScope } from './request-scope.js';

/** In which scope code runs: one for each cache, the innermost first. */
interface Ambient {
  /** Stands for the cache. */
  readonly owner: object;
  readonly request: RequestScope;
  readonly outer: Ambient | undefined;
  /** Whether code may read and answer the request, and call nothing that is kept for it. */
  readonly exchangeOnly: boolean;
}

/** Off until the first scope is opened: below Node 24 it taxes every await (hazard 47). */
const storage = new AsyncLocalStorage<Ambient | undefined>();

/** Runs a function inside a scope. */
export function runInside<R>(owner: object, request: RequestScope, run: () => R): R {
  const around = storage.getStore();
  // The same again, as adapters do whose framework loses the context: one is enough.
  if (around?.request === request && !around.exchangeOnly) return run();
  return storage.run({ owner, request, outer: around, exchangeOnly: false }, run);
}

/** The scope of a cache that the calling code runs in. */
export function ambientScope(owner: object): RequestScope | undefined {
  for (let around = storage.getStore(); around !== undefined; around = around.outer) {
    if (around.owner === owner) return around.exchangeOnly ? undefined : around.request;
  }
  return undefined;
}

/** The scope of a cache whose request the calling code may read and answer. */
export function ambientExchange(owner: object): RequestScope | undefined {
  for (let around = storage.getStore(); around !== undefined; around = around.outer) {
    if (around.owner === owner) return around.request;
  }
  return undefined;
}

/**
 * Runs code in the scopes of whoever calls this, or in none: they let go of their requests when those end, so that what
 * holds on to this keeps no request.
 */
export function scopesHere(): <R>(run: () => R) => R {
  const around = storage.getStore();
  return (run) => storage.run(around, run);
}

/** Runs a function outside any request and any scope, but for what it may read and answer: an answer that nobody shares. */
export function inRootContextWithExchange<R>(run: () => R): R {
  const around = exchangesOf(storage.getStore());
  return around === undefined ? inRootContext(run) : inRootContext(() => storage.run(around, run));
}

function exchangesOf(around: Ambient | undefined): Ambient | undefined {
  return around && { ...around, outer: exchangesOf(around.outer), exchangeOnly: true };
}

/** Runs a function outside any request, but for its scopes: what a cache does that is switched off, and has no runs. */
export function inRootContextWithScopes<R>(run: () => R): R {
  const around = storage.getStore();
  return around === undefined ? inRootContext(run) : inRootContext(() => storage.run(around, run));
}
