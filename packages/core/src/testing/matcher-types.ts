/** What `expect.extend(millpondMatchers)` adds to `expect(load)`; `R` is what an assertion returns. */
export interface MillpondMatchers<R = void> {
  /** The function itself was started so many times (without a number: at least once), refreshes included. */
  readonly toHaveComputed: (times?: number) => R;
  /** The function itself was started exactly once. */
  readonly toHaveComputedOnce: () => R;
  /** So many calls (without a number: at least one) were answered from memory or the store. */
  readonly toHaveHit: (times?: number) => R;
  /** So many calls (without a number: at least one) were answered by running the function. */
  readonly toHaveMissed: (times?: number) => R;
  /** So many calls (without a number: at least one) waited for a run that another had started. */
  readonly toHaveJoined: (times?: number) => R;
  /** So many calls (without a number: at least one) were answered with a value past its ttl. */
  readonly toHaveServedStale: (times?: number) => R;
  /** So many runs (without a number: at least one) ended with an error. */
  readonly toHaveFailed: (times?: number) => R;
}

// The global interface of `@types/jest`, which the types of vitest extend as well: so nothing needs to be imported,
// nor installed, and who has neither has an interface that nobody uses.
declare global {
  namespace jest {
    interface Matchers<R, T = {}> extends MillpondMatchers<R> {}
  }
}
