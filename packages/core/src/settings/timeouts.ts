import { invalidOption } from '../errors/index.js';

/** How long callers wait, and for how long what is stale may be served instead; milliseconds. */
export interface Timeouts {
  readonly softTimeout: number | undefined;
  readonly hardTimeout: number | undefined;
  readonly staleIfError: number;
}

/** Refuses timeouts that could never do anything; `given` is the soft one as it was spelled. */
export function checkTimeouts(timeouts: Timeouts, given: unknown, where: string): void {
  const { softTimeout, hardTimeout, staleIfError } = timeouts;
  if (softTimeout === undefined || given === undefined) return;
  if (staleIfError === 0) {
    throw invalidOption(where, 'softTimeout', given, 'given together with `staleIfError`: it serves what that keeps');
  }
  if (hardTimeout !== undefined) checkOrder(softTimeout, hardTimeout, given, where);
}

/** Refuses a soft timeout that comes after the hard one; milliseconds. `given` is the soft one as it was spelled. */
export function checkOrder(softTimeout: number, hardTimeout: number, given: unknown, where: string): void {
  if (softTimeout >= hardTimeout) throw invalidOption(where, 'softTimeout', given, 'shorter than `hardTimeout`');
}
