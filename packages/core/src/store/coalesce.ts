import { inRootContext } from '../context.js';

/** Reads of more keys than this are sent apart: one huge reply would make all of them wait. */
const MOST_KEYS = 1000;

/** Reads keys: values in the order of the keys, or undefined when the store did not answer. */
export type Read = (keys: readonly string[]) => Promise<readonly unknown[] | undefined>;

/** What was read at once. */
export interface Stored {
  get(key: string): unknown;
  /** The same of a key whose place is known. */
  at(place: number): unknown;
  /** Tells apart what was read at once from what was read at another time. */
  readonly reading: number;
}

/** Is told what was read, outside anybody's async context, and where what is its own is. It must not throw. */
export interface Asker {
  told(stored: Stored | undefined, place: number): void;
}

/** Reads keys: `own`, which hardly anybody else asks for, and those that are the same for many who ask in one turn. */
export type Ask = (own: string | undefined, shared: readonly string[], asker: Asker) => void;

let readings = 0;

/** The reads of one turn, which are sent as one. */
class Batch implements Stored {
  readonly reading: number = ++readings;
  /** Where each key is among those that are read. */
  readonly #places = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #askers: Asker[] = [];
  readonly #owns: number[] = [];
  /** The shared keys that came last: most often, the next one asks for the same. */
  #last: readonly string[] | undefined;
  #values: readonly unknown[] = [];

  get size(): number {
    return this.#keys.length;
  }

  add(own: string | undefined, shared: readonly string[], asker: Asker): void {
    this.#askers.push(asker);
    this.#owns.push(own === undefined ? -1 : this.#take(own));
    if (shared === this.#last) return;
    this.#last = shared;
    for (const key of shared) this.#take(key);
  }

  /** A store may refuse a key that is there twice. */
  #take(key: string): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#keys.push(key) - 1;
    this.#places.set(key, place);
    return place;
  }

  async send(read: Read): Promise<void> {
    const values = await read(this.#keys);
    if (values !== undefined) this.#values = values;
    const stored = values && this;
    // A read that never settles holds on to this batch, which must not hold on to those who have been told (hazard 31).
    const askers = this.#askers.splice(0);
    for (let index = 0; index < askers.length; index += 1) askers[index]?.told(stored, this.#owns[index] ?? -1);
  }

  get(key: string): unknown {
    return this.at(this.#places.get(key) ?? -1);
  }

  at(place: number): unknown {
    return this.#values[place];
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

  return (own, shared, asker) => {
    if (batch === undefined || batch.size + shared.length >= MOST_KEYS) batch = open();
    batch.add(own, shared, asker);
  };
}

/** The same for one who waits, and wants the values in the order of the keys. */
export function readBy(ask: Ask): Read {
  return (keys) =>
    new Promise((resolve) =>
      ask(undefined, keys, { told: (stored) => resolve(stored && keys.map((key) => stored.get(key))) }),
    );
}
