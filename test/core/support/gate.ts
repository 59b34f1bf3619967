import { settle } from '../../support/fake-clock.js';

/** A door that a test opens: what waits at it goes on with the value, or fails with the error. */
export interface Gate<T> {
  readonly passed: Promise<T>;
  open(value: T): void;
  fail(error: unknown): void;
}

/** Makes a closed gate. */
export function gate<T = void>(): Gate<T> {
  let open: (value: T) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const passed = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  // A gate that fails while nobody waits at it is no fault of the test.
  passed.catch(() => {});
  return { passed, open, fail };
}

/** Lets turns of the event loop pass until something has come about; it is the test's failure when it does not. */
export async function until(reached: () => boolean): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) {
    if (reached()) return;
    await settle();
  }
  throw new Error('what the test waits for did not come about');
}

/** Tells whether a promise has settled, without waiting for it. */
export function watch(promise: Promise<unknown>): { readonly settled: boolean } {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  promise.then(settle, settle);
  return state;
}

/** The error that a promise rejects with; a promise that resolves is the test's failure. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => ({ failed: false, error: undefined }),
    (error: unknown) => ({ failed: true, error }),
  );
  if (!outcome.failed) throw new Error('the promise was expected to reject, and resolved');
  return outcome.error;
}

/** Hands wrong types to a checked door: what callers without a compiler do. */
export function unchecked(value: unknown): never {
  return value as never;
}
