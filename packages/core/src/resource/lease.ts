import type { Lease } from '../cached.js';
import type { Holding } from './holding.js';
import type { Holdings } from './holdings.js';

/** A lease on a resource of which one use was counted for it. Ended twice, it ends once. */
export function leaseOf(holdings: Holdings, holding: Holding): Lease<unknown> {
  let held = true;
  return {
    resource: holding.resource,
    [Symbol.asyncDispose]() {
      if (held) holdings.endUse(holding);
      held = false;
      return Promise.resolve();
    },
  };
}
