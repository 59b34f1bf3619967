/** What a function returned, or what it threw. */
export type Attempt<T> =
  { readonly failed: false; readonly result: T } | { readonly failed: true; readonly error: unknown };

/** Calls a function; what it throws is part of the answer. */
export function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { failed: false, result: run() };
  } catch (error) {
    return { failed: true, error };
  }
}
