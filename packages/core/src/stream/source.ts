import { describe, notAStream } from '../errors/index.js';

/** Where the items of a run come from. */
export interface Source {
  /** The next item; asked for one at a time. */
  next(): Promise<IteratorResult<unknown>>;
  /** Lets it go before its end: what it has open is closed. */
  stop(): Promise<unknown>;
}

type Method = (...args: readonly unknown[]) => unknown;

/**
 * The items of what a function returned: an async iterable, an iterable, or a web stream. Throws
 * `ERR_MILLPOND_UNCACHEABLE_VALUE` for anything else, and for a text, whose characters nobody means.
 */
export function sourceOf(value: unknown, fn: string): Source {
  if (typeof value === 'object' && value !== null) {
    // Its own iterator waits for the next chunk before it lets go of the stream.
    const getReader = methodOf(value, 'getReader');
    if (getReader !== undefined) return webSource(Reflect.apply(getReader, value, []) as WebReader);
    const iterate = methodOf(value, Symbol.asyncIterator);
    if (iterate !== undefined) return asyncSource(value, Reflect.apply(iterate, value, []) as AsyncIterator<unknown>);
    const step = methodOf(value, Symbol.iterator);
    if (step !== undefined) return syncSource(Reflect.apply(step, value, []) as Iterator<unknown>);
  }
  throw notAStream(fn, describe(value));
}

function methodOf(value: object, name: PropertyKey): Method | undefined {
  const method: unknown = Reflect.get(value, name);
  return typeof method === 'function' ? (method as Method) : undefined;
}

/** The reader of a web stream, as far as it is needed. */
interface WebReader {
  read(): Promise<IteratorResult<unknown>>;
  cancel(): Promise<void>;
}

function webSource(reader: WebReader): Source {
  return { next: () => reader.read(), stop: () => reader.cancel() };
}

function asyncSource(value: object, iterator: AsyncIterator<unknown>): Source {
  // A stream of Node, whose iterator waits for the next chunk as well.
  const destroy = methodOf(value, 'pipe') === undefined ? undefined : methodOf(value, 'destroy');
  return {
    next: () => iterator.next(),
    async stop() {
      if (destroy !== undefined) Reflect.apply(destroy, value, []);
      await iterator.return?.();
    },
  };
}

function syncSource(iterator: Iterator<unknown>): Source {
  return {
    async next() {
      const { done, value } = iterator.next();
      // As `for await` does: an iterable may hold promises.
      return done === true ? { done, value: undefined } : { done: false, value: await value };
    },
    async stop() {
      iterator.return?.();
    },
  };
}
