/**
 * What Millpond asks of a store: text under a key, until an instant. Each kind of store is turned into one of these.
 * Nothing here has a deadline: a promise may never settle, and the guard knows how to live with that.
 */
export interface StorePort {
  /** What is stored under each key, in the order of the keys; undefined where there is nothing. Rejects on failure. */
  getMany(keys: readonly string[]): Promise<readonly unknown[]>;
  /** Resolves when the store has acknowledged. `ttl` is in whole milliseconds. Rejects on failure. */
  set(key: string, text: string, ttl: number): Promise<void>;
  /** Resolves when the key is gone. Rejects on failure. */
  delete(key: string): Promise<void>;
  /**
   * Begins to remove what there is under keys that begin so, behind all calls; for what is outdated already, so it may
   * take away a little of what is written meanwhile, or leave something. Undefined where a store cannot.
   */
  drop?(prefix: string): void;
  /** How many entries are best written at once; 16 when it does not say. */
  readonly writesAtOnce?: number;
  /** What was begun at opening, if anything; rejects when it failed. */
  readonly opened?: Promise<void>;
  /** Lets go of what the port itself holds and, when `disconnect` says so, of the store. `force` does not wait for it. */
  close(how: { readonly disconnect: boolean; readonly force: boolean }): Promise<void>;
}
