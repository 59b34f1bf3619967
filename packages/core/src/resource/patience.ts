import { callTimeout } from '../errors/index.js';
import type { Limit } from '../run/waiter.js';
import type { ResourceParts } from './resource-parts.js';

/** How long one caller waits for one thing: until `signal` aborts, or a limit is reached. */
export interface Patience {
  readonly signal: AbortSignal | undefined;
  readonly limits: readonly Limit<never>[];
}

/** When a caller who comes now has waited long enough (`hardTimeout`); by the cache's clock. */
export function deadlineOf({ host, timeouts }: ResourceParts): number {
  return host.settings.clock.now() + (timeouts.hardTimeout ?? Infinity);
}

/** The limit at a deadline. */
export function untilDeadline(parts: ResourceParts, deadline: number): readonly Limit<never>[] {
  const { host, timeouts, report } = parts;
  const { hardTimeout } = timeouts;
  if (hardTimeout === undefined || deadline === Infinity) return [];
  const giveUp = (): never => {
    throw callTimeout(report.fn, hardTimeout);
  };
  return [{ after: Math.max(0, deadline - host.settings.clock.now()), instead: giveUp }];
}

/** What a wait ends with that has come to `softTimeout`. One for all: its stack would hold on to a caller. */
export const TOO_SLOW: Error = new Error('softTimeout');

/** The limit after which something else is tried, if it can be. */
export function untilTooSlow({ timeouts }: ResourceParts): readonly Limit<never>[] {
  const { softTimeout } = timeouts;
  if (softTimeout === undefined) return [];
  const leave = (): never => {
    throw TOO_SLOW;
  };
  return [{ after: softTimeout, instead: leave }];
}
