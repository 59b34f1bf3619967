import { extended, keyOfPath, lookHere, type Input, type Read } from './read.js';

/** Which input is read next, and where its values lead: to another input, or to an entry. */
interface Node {
  readonly input: Input;
  readonly next: Map<string, Node | 'entry'>;
}

/** Where a call is to look. */
export interface Located {
  /** The key of the variant, as far as it is known what its run reads. */
  readonly key: string;
  readonly path: readonly Read[];
}

/** The texts of a path lead to an entry. */
interface Leaf {
  readonly base: string;
  readonly path: readonly Read[];
}

/**
 * Which inputs the runs of one function have read: a tree for each call, by the values of those read before (hazard 24).
 * What it says is where to look; a variant is under the very inputs that its own run has read.
 */
export class Variants {
  readonly #most: number;
  readonly #drop: (key: string, reason: 'evict' | 'discard') => void;
  readonly #roots = new Map<string, Node>();
  readonly #leaves = new Map<string, Leaf>();
  readonly #keysOf = new Map<string, Set<string>>();

  /** `drop` lets entries go: the oldest when a call has more than `most`, and those that no look-up finds any more. */
  constructor(most: number, drop: (key: string, reason: 'evict' | 'discard') => void) {
    this.#most = most;
    this.#drop = drop;
  }

  /** Whether no run has ever read anything that is still known: asked at every call. */
  get isEmpty(): boolean {
    return this.#roots.size === 0;
  }

  /** Follows the inputs of whoever asks, which are read in their async context. */
  locate(base: string): Located {
    const path: Read[] = [];
    let key = base;
    let node: Node | 'entry' | undefined = this.#roots.get(base);
    while (node !== undefined && node !== 'entry') {
      const read = lookHere(node.input);
      if (read === undefined) break;
      path.push(read);
      key = extended(key, read);
      node = node.next.get(read.text);
    }
    return { key, path };
  }

  /** The keys of all variants of a call. */
  keysOf(base: string): readonly string[] {
    return [...(this.#keysOf.get(base) ?? [])];
  }

  /** The keys of what has to go for an entry at the end of a path, its own before all when nothing else has to. */
  inTheWay(base: string, path: readonly Read[]): readonly string[] {
    let key = base;
    let node: Node | 'entry' | undefined = this.#roots.get(base);
    for (const read of path) {
      if (node === undefined || node === 'entry' || node.input !== read.input) break;
      key = extended(key, read);
      node = node.next.get(read.text);
    }
    return [key, ...this.#below(base, key)];
  }

  /** A run has read an input after a path: whoever comes next asks for it there. */
  branch(base: string, path: readonly Read[], input: Input): void {
    const there = this.#at(base, path);
    if (there !== undefined && there !== 'entry' && there.input === input) return;
    this.#put(base, path, { input, next: new Map() });
  }

  /** The entry of a run that has read a path, and nothing more, is kept. */
  keep(base: string, path: readonly Read[], key: string): void {
    if (path.length === 0) {
      for (const variant of this.keysOf(base)) this.#drop(variant, 'discard');
      this.#roots.delete(base);
      return;
    }
    this.#put(base, path, 'entry');
    this.#leaves.set(key, { base, path: [...path] });
    const keys = this.#keysOf.get(base) ?? new Set();
    this.#keysOf.set(base, keys.add(key));
    const [oldest] = keys;
    if (keys.size > this.#most && oldest !== undefined) this.#drop(oldest, 'evict');
  }

  /** An entry has left memory. */
  forget(key: string): void {
    const leaf = this.#leaves.get(key);
    if (leaf === undefined) return;
    const { base, path } = leaf;
    this.#leaves.delete(key);
    this.#keysOf.get(base)?.delete(key);
    for (let length = path.length; length > 0; length -= 1) {
      const parent = this.#at(base, path.slice(0, length - 1));
      if (parent === undefined || parent === 'entry') break;
      parent.next.delete(path[length - 1]?.text ?? '');
      if (parent.next.size > 0) return;
    }
    this.tidy(base);
  }

  /** Forgets what is known of a call of which nothing is kept. */
  tidy(base: string): void {
    if ((this.#keysOf.get(base)?.size ?? 0) > 0) return;
    this.#keysOf.delete(base);
    this.#roots.delete(base);
  }

  #at(base: string, path: readonly Read[]): Node | 'entry' | undefined {
    let node: Node | 'entry' | undefined = this.#roots.get(base);
    for (const { input, text } of path) {
      if (node === undefined || node === 'entry' || node.input !== input) return undefined;
      node = node.next.get(text);
    }
    return node;
  }

  /** Puts something at the end of a path, in the place of what is there, and the inputs of the path on the way to it. */
  #put(base: string, path: readonly Read[], what: Node | 'entry'): void {
    if (this.#at(base, path) === what) return;
    this.#dropAt(base, keyOfPath(base, path));
    const last = path.at(-1);
    if (last === undefined) {
      if (what !== 'entry') this.#roots.set(base, what);
      return;
    }
    const before = path.slice(0, -1);
    this.branch(base, before, last.input);
    const parent = this.#at(base, before);
    if (parent !== undefined && parent !== 'entry') parent.next.set(last.text, what);
  }

  #below(base: string, key: string): readonly string[] {
    return this.keysOf(base).filter((each) => each.startsWith(`${key}\u0000`));
  }

  /** No look-up will find what is there and below. */
  #dropAt(base: string, key: string): void {
    if (key === base || this.#leaves.has(key)) this.#drop(key, 'discard');
    for (const each of this.#below(base, key)) this.#drop(each, 'discard');
  }
}
