import { hasMethod, property } from './input.js';

/**
 * Ears on something that reports failures as `'error'` events.
 *
 * Keyv and its adapters often swallow a failure: `@keyv/redis` emits `'error'` and then answers like a miss, or as if
 * it had written. So an operation during which an error was heard is not believed.
 */
export interface ErrorWatch {
  /**
   * Runs an operation and rejects when it did, or when an error was heard meanwhile and `believes` does not say that
   * the result is real all the same.
   */
  run<T>(operation: () => T | PromiseLike<T>, believes: (result: T) => boolean): Promise<T>;
  stop(): void;
}

/** Emitters that have an ear for ever, so that an error after the cache was closed cannot end the process. */
const quieted = new WeakSet<object>();

function ignore(): void {
  // Only a listener's presence matters here: what it would hear is told by the operation that fails.
}

/** Listens to every source that can be listened to. */
export function watchErrors(...sources: readonly unknown[]): ErrorWatch {
  let heard = 0;
  let last: unknown;
  const hear = (error: unknown): void => {
    heard += 1;
    last = error;
  };
  const emitters = sources.filter((source) => isEmitter(source));
  for (const emitter of emitters) {
    quiet(emitter);
    call(emitter, 'on', hear);
  }
  return {
    async run(operation, believes) {
      const before = heard;
      const result = await operation();
      if (heard === before || believes(result)) return result;
      throw last instanceof Error ? last : new Error(String(last));
    },
    stop() {
      for (const emitter of emitters) if (hasMethod(emitter, 'off')) call(emitter, 'off', hear);
    },
  };
}

function quiet(emitter: object): void {
  if (quieted.has(emitter)) return;
  quieted.add(emitter);
  call(emitter, 'on', ignore);
}

function isEmitter(source: unknown): source is object {
  return typeof source === 'object' && source !== null && hasMethod(source, 'on');
}

function call(emitter: object, method: 'on' | 'off', listener: (error: unknown) => void): void {
  const found = property(emitter, method);
  if (typeof found === 'function') Reflect.apply(found, emitter, ['error', listener]);
}
