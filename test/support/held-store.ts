import type { KeyvAdapterLike } from '../../packages/core/src/store/index.js';

type Kind = 'getMany' | 'set' | 'delete';

/** One operation that a held store was asked for. */
export interface Operation {
  readonly kind: Kind;
  readonly keys: readonly string[];
  /** Does it, and answers. */
  release(): void;
  /** Answers with an error, and does nothing. */
  fail(error: Error): void;
}

/**
 * A store whose operations a test can hold: each takes effect when it is released, in whatever order the test likes,
 * as those of a slow network or of several connections do.
 */
export interface HeldStore extends KeyvAdapterLike {
  readonly data: Map<string, string>;
  /** From now on operations of which this is true are held; `undefined` holds none. Those held before stay held. */
  hold(which: ((kind: Kind, key: string) => boolean) | undefined): void;
  /** Resolves when so many operations are held, with them. */
  heldAtLeast(count: number): Promise<Operation[]>;
  readonly held: Operation[];
  /** Holds nothing any more, and releases what is held. */
  releaseAll(): void;
  /** Every operation that was asked for. */
  readonly asked: { readonly kind: Kind; readonly keys: readonly string[] }[];
}

/** Makes one, over a Map. */
export function heldStore(data: Map<string, string> = new Map<string, string>()): HeldStore {
  const held: Operation[] = [];
  const asked: { kind: Kind; keys: readonly string[] }[] = [];
  const watchers: (() => void)[] = [];
  let isHeld: ((kind: Kind, key: string) => boolean) | undefined;

  function operate<T>(kind: Kind, keys: readonly string[], effect: () => T): Promise<T> {
    asked.push({ kind, keys });
    const decide = isHeld;
    if (decide === undefined || !keys.some((key) => decide(kind, key))) return Promise.resolve(effect());
    return new Promise((resolve, reject) => {
      const done = (): void => void held.splice(held.indexOf(operation), 1);
      const operation: Operation = {
        kind,
        keys,
        release() {
          done();
          resolve(effect());
        },
        fail(error) {
          done();
          reject(error);
        },
      };
      held.push(operation);
      for (const watcher of watchers.splice(0)) watcher();
    });
  }

  return {
    data,
    held,
    asked,
    hold(which) {
      isHeld = which;
    },
    async heldAtLeast(count) {
      while (held.length < count) await new Promise<void>((resolve) => watchers.push(resolve));
      return [...held];
    },
    releaseAll() {
      isHeld = undefined;
      for (let next = held[0]; next !== undefined; next = held[0]) next.release();
    },
    get: (key) => operate('getMany', [key], () => data.get(key)),
    getMany: (keys) => operate('getMany', keys, () => keys.map((key) => data.get(key))),
    set: (key, value) => operate('set', [key], () => void data.set(key, value)),
    delete: (key) => operate('delete', [key], () => data.delete(key)),
  };
}

/** Kinds of keys, to tell operations apart. */
export const isEntry = (key: string): boolean => key.includes('/e/');
export const isTombstone = (key: string): boolean => key.includes('/d/');
export const isMark = (key: string): boolean => key.includes('/x/');
export const isNote = (key: string): boolean => key.includes('/o/');
/** Whatever tells that there are deletes. */
export const isDeletes = (key: string): boolean => key.includes('/n/') || isNote(key);
export const isTag = (key: string): boolean => key.includes('/t/');
export const isFunctionToken = (key: string): boolean => key.includes('/f/');
export const isInvalidations = (key: string): boolean => key.endsWith('/i');
