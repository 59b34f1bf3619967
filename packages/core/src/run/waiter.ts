import type { Read } from '../input/index.js';

/** What a caller is let go with when a run has read an input that is another for them (hazard 55). One for all. */
export const OTHER_INPUTS: unique symbol = Symbol('another input');

/** After so many milliseconds a caller is asked whether another answer will do; what that throws, they get. */
export interface Limit<T> {
  readonly after: number;
  readonly instead: () => T | undefined;
}

/** How somebody waits. */
export interface WaitOptions<T> {
  /** The name of the function, for errors. */
  readonly fn: string;
  readonly signal: AbortSignal | undefined;
  readonly limits: readonly Limit<T>[];
  /** Whether what the run has read is the same for this caller; asked with each read. Default: it is. */
  readonly isSame?: ((read: Read) => boolean) | undefined;
  /** Called when the last of the callers has left. */
  readonly onDeserted: () => void;
}

/** One caller who waits. */
export interface Waiter<T> {
  resolve(outcome: T): void;
  reject(error: unknown): void;
  readonly isSame: ((read: Read) => boolean) | undefined;
}

/** Whether what was read is another for a caller, or cannot be read for them. */
export function differs<T>({ isSame }: Waiter<T>, read: Read): boolean {
  return isSame !== undefined && !isSame(read);
}

/** All who wait to the end and are not let go before: they share one promise, however many they are. */
export class Staying<T> implements Waiter<T> {
  readonly isSame = undefined;
  count = 0;
  #end: Pick<Waiter<T>, 'resolve' | 'reject'> | undefined;
  readonly #promise = new Promise<T>((resolve, reject) => {
    this.#end = { resolve, reject };
  });

  /** One more. */
  stay(): Promise<T> {
    this.count += 1;
    return this.#promise;
  }

  resolve(outcome: T): void {
    this.#end?.resolve(outcome);
  }

  reject(error: unknown): void {
    this.#end?.reject(error);
  }
}
