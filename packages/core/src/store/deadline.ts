import type { Clock } from '../clock.js';
import { messageOf } from '../errors/index.js';

/** How a promise stood at its deadline. */
export type Timely<T> = { readonly inTime: true; readonly value: T } | { readonly inTime: false };

/**
 * Waits for a promise until a deadline; rejects when the promise does in time.
 *
 * The deadline is judged after one poll phase: when our own event loop was blocked, the answer may lie ready in the
 * socket while the timer is the first to run (hazard 48).
 */
export function withDeadline<T>(
  promise: Promise<T>,
  ms: number,
  clock: Clock,
  kind: 'awaited' | 'background',
): Promise<Timely<T>> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => setImmediate(() => resolve({ inTime: false })), ms, kind);
    promise.then(
      (value) => {
        timer.cancel();
        resolve({ inTime: true, value });
      },
      (error: unknown) => {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      },
    );
  });
}
