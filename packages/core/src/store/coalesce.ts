import { inRootContext } from '../context.js';

/** Reads of more keys than this are sent apart: one huge reply would make all of them wait. */
const MOST_KEYS = 1000;

/** Reads keys: values in the order of the keys, or undefined when the store did not answer. */
export type Read = (keys: readonly string[]) => Promise<readonly unknown[] | undefined>;

interface Waiter {
  readonly places: readonly number[];
  readonly resolve: (values: readonly unknown[] | undefined) => void;
}

interface Batch {
  readonly places: Map<string, number>;
  readonly waiters: Waiter[];
}

/**
 * Sends the reads of one turn of the event loop as one: every key once, however many ask for it. Runs outside the
 * callers' async contexts, so that no connection is opened in, and kept by, a request's (hazard 31). `read` never
 * rejects.
 */
export function coalesce(read: Read): Read {
  let batch: Batch | undefined;

  async function send({ places, waiters }: Batch): Promise<void> {
    const values = await read([...places.keys()]);
    for (const waiter of waiters) waiter.resolve(values && waiter.places.map((place) => values[place]));
  }

  function open(): Batch {
    const opened: Batch = { places: new Map(), waiters: [] };
    inRootContext(() =>
      setImmediate(() => {
        if (batch === opened) batch = undefined;
        void send(opened);
      }),
    );
    return opened;
  }

  function place(places: Map<string, number>, key: string): number {
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, places.size);
    return places.size - 1;
  }

  return (keys) =>
    new Promise((resolve) => {
      if (batch === undefined || batch.places.size + keys.length > MOST_KEYS) batch = open();
      const { places, waiters } = batch;
      waiters.push({ places: keys.map((key) => place(places, key)), resolve });
    });
}
