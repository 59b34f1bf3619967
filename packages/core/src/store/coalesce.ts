import { inRootContext } from '../context.js';

/** Reads of more keys than this are sent apart: one huge reply would make all of them wait. */
const MOST_KEYS = 1000;

/** Reads keys: values in the order of the keys, or undefined when the store did not answer. */
export type Read = (keys: readonly string[]) => Promise<readonly unknown[] | undefined>;

/** What was read at once, by key. */
export interface Stored {
  get(key: string): unknown;
}

/** Reads keys, and has something told what was read, outside anybody's async context. It must not throw. */
export type Ask = (keys: readonly string[], tell: (stored: Stored | undefined) => void) => void;

/** The reads of one turn, which are sent as one. */
class Batch {
  /** Where each key is among those that are read. */
  readonly #places = new Map<string, number>();
  readonly #waiting: ((stored: Stored | undefined) => void)[] = [];

  get size(): number {
    return this.#places.size;
  }

  add(keys: readonly string[], tell: (stored: Stored | undefined) => void): void {
    for (const key of keys) if (!this.#places.has(key)) this.#places.set(key, this.#places.size);
    this.#waiting.push(tell);
  }

  async send(read: Read): Promise<void> {
    const places = this.#places;
    const values = await read([...places.keys()]);
    const stored = values && { get: (key: string): unknown => values[places.get(key) ?? -1] };
    // A read that never settles holds on to this batch, which must not hold on to those who have been told (hazard 31).
    for (const tell of this.#waiting.splice(0)) tell(stored);
  }
}

/**
 * Sends the reads of one turn of the event loop as one: every key once, however many ask for it. Runs outside the
 * callers' async contexts, so that no connection is opened in, and kept by, a request's (hazard 31). `read` never
 * rejects.
 */
export function coalesce(read: Read): Ask {
  let batch: Batch | undefined;

  function open(): Batch {
    const opened = new Batch();
    inRootContext(() =>
      setImmediate(() => {
        if (batch === opened) batch = undefined;
        void opened.send(read);
      }),
    );
    return opened;
  }

  return (keys, tell) => {
    if (batch === undefined || batch.size + keys.length > MOST_KEYS) batch = open();
    batch.add(keys, tell);
  };
}

/** The same for one who waits, and wants the values in the order of the keys. */
export function readBy(ask: Ask): Read {
  return (keys) =>
    new Promise((resolve) => ask(keys, (stored) => resolve(stored && keys.map((key) => stored.get(key)))));
}
