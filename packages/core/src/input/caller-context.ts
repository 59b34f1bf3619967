import { AsyncLocalStorage } from 'node:async_hooks';
import { asRunHere } from '../run/run-context.js';
import { scopesHere, someHaveExchanges } from '../scope/index.js';
import type { InContext } from './reads.js';

/**
 * Whether any cache of the process has inputs that may read anything of the context of their caller. The functions of one
 * cache call those of others, and then vary by what those read of whoever called the outermost.
 */
let someReadAll = false;

/** From now on there are inputs that may read anything of the context of their caller. */
export function needWholeContext(): void {
  someReadAll = true;
}

/** Whether anything can be read in this process: if not, no run needs to know its caller's context. */
export function someCanBeRead(): boolean {
  return someReadAll || someHaveExchanges();
}

/** The context of who calls this, as far as inputs need it. */
export function callerContext(): InContext {
  if (someReadAll) return AsyncLocalStorage.snapshot();
  // Of requests only the scope is needed, and it lets go of them when they end, whatever becomes of the run (hazard 31).
  const [inRun, inScopes] = [asRunHere(), scopesHere()];
  return (ask) => inRun(() => inScopes(ask));
}
