import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Runs a function outside any request: in the async context in which this module was loaded. What is started in it
 * (timers, runs, queue work) neither sees nor retains a request's AsyncLocalStorage stores (hazards 22 and 31).
 */
export const inRootContext: <R>(run: () => R) => R = AsyncLocalStorage.snapshot();
