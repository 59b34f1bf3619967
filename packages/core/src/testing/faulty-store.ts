import { injectedFault, invalidOption } from '../errors/index.js';

/** What a cache asks of a store: to read keys, to write one, to delete one. */
export type StoreOperation = 'read' | 'write' | 'delete';

/** One thing that a faulty store was asked for, in whatever state it was. */
export interface StoreCall {
  readonly operation: StoreOperation;
  readonly keys: readonly string[];
}

/**
 * A store in memory that does what a test tells it to: give it as the option `store`. Faults hold for what is asked
 * from then on, until another is set for the same operation or `restore` is called; `'all'` sets one for each.
 */
export interface FaultyStore {
  /** The texts that it holds, by their keys. */
  readonly data: ReadonlyMap<string, string>;
  /** Everything that it was asked for, in order. */
  readonly operations: readonly StoreCall[];
  /** An operation rejects, and does nothing. The error is of the store's own making unless one is given. */
  readonly fail: (operation: StoreOperation | 'all', error?: unknown) => void;
  /** An operation is never answered, and does nothing; not even after `restore`. */
  readonly hang: (operation: StoreOperation | 'all') => void;
  /** An operation waits for `gate`, then does its work and is answered; if the gate rejects, so does the operation. */
  readonly delay: (operation: StoreOperation | 'all', gate: PromiseLike<unknown>) => void;
  /**
   * Cuts what is stored now under one key, or under every key, so that it is no intact entry any more.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` for a key that it does not hold.
   */
  readonly damage: (key?: string) => void;
  /** Ends every fault; what was damaged stays so, and what waits for a gate goes on waiting for it. */
  readonly restore: () => void;
  readonly get: (key: string) => Promise<string | undefined>;
  readonly getMany: (keys: readonly string[]) => Promise<(string | undefined)[]>;
  readonly set: (key: string, value: string) => Promise<void>;
  readonly delete: (key: string) => Promise<boolean>;
}

/** Runs before an operation does its work. */
type Fault = () => PromiseLike<unknown>;

const OPERATIONS: readonly StoreOperation[] = ['read', 'write', 'delete'];

/**
 * Makes a store in memory whose faults a test chooses. It forgets nothing by itself: how old an entry is, a cache
 * tells by its own clock. Two caches of one name over one store are two processes.
 */
export function createFaultyStore(): FaultyStore {
  const data = new Map<string, string>();
  const operations: StoreCall[] = [];
  const faults = new Map<StoreOperation, Fault>();

  function set(where: string, which: StoreOperation | 'all', fault: Fault): void {
    if (which !== 'all' && !OPERATIONS.includes(which)) {
      throw invalidOption(where, 'operation', which, `'all' or one of ${OPERATIONS.join(', ')}`);
    }
    for (const operation of which === 'all' ? OPERATIONS : [which]) faults.set(operation, fault);
  }

  async function operate<T>(operation: StoreOperation, keys: readonly string[], effect: () => T): Promise<T> {
    operations.push({ operation, keys: [...keys] });
    await faults.get(operation)?.();
    return effect();
  }

  return {
    data,
    operations,
    fail: (which, error = injectedFault(which)) => set('fail', which, () => Promise.reject(error)),
    hang: (which) => set('hang', which, () => new Promise<never>(() => undefined)),
    delay: (which, gate) => set('delay', which, () => gate),
    damage(key) {
      if (key !== undefined && !data.has(key)) {
        throw invalidOption('damage', 'key', key, 'a key that the store holds: one of `store.data.keys()`');
      }
      for (const [each, text] of key === undefined ? data : [[key, data.get(key) ?? ''] as const]) {
        data.set(each, text.slice(0, text.length / 2));
      }
    },
    restore: () => faults.clear(),
    get: (key) => operate('read', [key], () => data.get(key)),
    getMany: (keys) => operate('read', keys, () => keys.map((key) => data.get(key))),
    set: (key, value) => operate('write', [key], () => void data.set(key, value)),
    delete: (key) => operate('delete', [key], () => data.delete(key)),
  };
}
