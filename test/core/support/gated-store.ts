import { settle } from '../../support/fake-clock.js';

/** One request that the store was sent. */
export interface Operation {
  readonly kind: 'get' | 'set' | 'delete';
  readonly key: string;
  readonly value?: unknown;
  readonly ttl?: number | undefined;
}

type Matches = (operation: Operation) => boolean;

/** Requests that a test holds back: on their way to the store, or their replies on the way back. */
export interface Hold {
  /** What is being held now. */
  readonly held: readonly Operation[];
  /** Keeps what is held, and lets everything to come pass. */
  takeNoMore(): void;
  /** Lets everything held and to come go on, and waits until it has. */
  release(): Promise<void>;
  /** Makes everything held and to come fail. */
  fail(error: Error): Promise<void>;
}

interface Barrier {
  readonly matches: Matches;
  readonly side: 'request' | 'reply';
  readonly held: Operation[];
  readonly pass: Promise<void>;
}

/** A Keyv storage adapter over a Map whose requests and replies a test can hold, fail and read afterwards. */
export class GatedStore {
  readonly opts: Record<string, unknown> = {};
  namespace: string | undefined;
  readonly log: Operation[] = [];
  readonly data: Map<string, unknown>;
  disconnected = false;
  readonly #barriers = new Set<Barrier>();

  constructor(data: Map<string, unknown> = new Map()) {
    this.data = data;
  }

  /** Holds what matches: `'request'` before it takes effect, `'reply'` after. */
  hold(matches: Matches, side: 'request' | 'reply' = 'request'): Hold {
    let open: () => void = () => {};
    let refuse: (error: Error) => void = () => {};
    const pass = new Promise<void>((resolve, reject) => {
      open = resolve;
      refuse = reject;
    });
    pass.catch(() => {});
    const barrier: Barrier = { matches, side, held: [], pass };
    this.#barriers.add(barrier);
    const lift = (): Promise<void> => {
      this.#barriers.delete(barrier);
      barrier.held.length = 0;
      return settle();
    };
    return {
      held: barrier.held,
      takeNoMore: () => void this.#barriers.delete(barrier),
      release() {
        open();
        return lift();
      },
      fail(error) {
        refuse(error);
        return lift();
      },
    };
  }

  /** Makes what matches fail from now on; the answer makes it work again. */
  break(matches: Matches, error: Error = new Error('the store is broken')): () => void {
    const barrier: Barrier = { matches, side: 'request', held: [], pass: Promise.reject(error) };
    barrier.pass.catch(() => {});
    this.#barriers.add(barrier);
    return () => void this.#barriers.delete(barrier);
  }

  async #ask<T>(operations: readonly Operation[], act: () => T): Promise<T> {
    this.log.push(...operations);
    const found = [...this.#barriers].find(({ matches }) => operations.some((operation) => matches(operation)));
    if (found === undefined) return act();
    found.held.push(...operations);
    if (found.side === 'request') {
      await found.pass;
      return act();
    }
    const reply = act();
    await found.pass;
    return reply;
  }

  get(key: string): Promise<unknown> {
    return this.#ask([{ kind: 'get', key }], () => this.data.get(key));
  }

  getMany(keys: string[]): Promise<unknown[]> {
    return this.#ask(
      keys.map((key) => ({ kind: 'get', key })),
      () => keys.map((key) => this.data.get(key)),
    );
  }

  set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.#ask([{ kind: 'set', key, value, ttl }], () => {
      this.data.set(key, value);
      return true;
    });
  }

  delete(key: string): Promise<boolean> {
    return this.#ask([{ kind: 'delete', key }], () => this.data.delete(key));
  }

  async clear(): Promise<void> {
    this.data.clear();
  }

  on(): this {
    return this;
  }

  async disconnect(): Promise<void> {
    this.disconnected = true;
  }
}

/** Whether an operation carries, or a stored text contains, this text. */
export function holds(value: unknown, text: string): boolean {
  return typeof value === 'string' ? value.includes(text) : JSON.stringify(value ?? null).includes(text);
}

/** The keys under which the store keeps a text that contains this one. */
export function keysHolding(data: ReadonlyMap<string, unknown>, text: string): string[] {
  return [...data].filter(([, value]) => holds(value, text)).map(([key]) => key);
}
