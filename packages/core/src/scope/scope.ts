import type { Holdings } from '../resource/holdings.js';
import type { Acknowledgement } from '../store/index.js';

/** What a scope asks of a function that has made something in it. */
export interface ScopeMember {
  /** Whether something is kept for a key, or under way. */
  has(key: string): boolean;
  /** Drops what is kept, outdates what is under way, and has the store drop its entry; resolves when that is over. */
  drop(key: string, reason: 'clear' | 'scope'): Promise<Acknowledgement> | undefined;
}

/** Keys of one function that a scope keeps in mind, whatever became of them; what is over is swept out when there are more. */
const SWEPT_FROM = 1000;

/** The keys of one function in one scope. */
interface Made {
  readonly keys: Set<string>;
  sweepAt: number;
}

/** One session or one request of this process: what was made in it is dropped when it ends. */
export class Scope {
  /** The beginning of its keys. */
  readonly prefix: string;
  readonly #holdings: Holdings;
  readonly #made = new Map<ScopeMember, Made>();
  #ending: Promise<void> | undefined;

  constructor(prefix: string, holdings: Holdings) {
    this.prefix = prefix;
    this.#holdings = holdings;
  }

  /** A run of a key begins in it, from which something may remain. */
  note(member: ScopeMember, key: string): void {
    let made = this.#made.get(member);
    if (made === undefined) this.#made.set(member, (made = { keys: new Set(), sweepAt: SWEPT_FROM }));
    // Behind the others: what was made lately is what is remembered of a store.
    made.keys.delete(key);
    made.keys.add(key);
    if (made.keys.size > made.sweepAt) sweep(member, made);
  }

  /** The keys of a function that something may be there for. */
  keysOf(member: ScopeMember): readonly string[] {
    return [...(this.#made.get(member)?.keys ?? [])];
  }

  /**
   * Drops all that was made in it, and releases its resources, the last made first. Resolves when that is over, but
   * waits for no longer than `closeTimeout`; never rejects.
   */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const sent: Promise<unknown>[] = [];
    const dropAll = (): void => {
      for (const [member, { keys }] of this.#made) {
        for (const key of keys) sent.push(member.drop(key, 'scope') ?? Promise.resolve());
      }
      this.#made.clear();
    };
    if (this.#made.size === 0) return;
    await this.#holdings.endScope(this.prefix, dropAll);
    await Promise.all(sent);
  }
}

/** Forgets keys of which nothing is left in this process, but for the latest: a store may have those. */
function sweep(member: ScopeMember, made: Made): void {
  let old = made.keys.size - SWEPT_FROM / 2;
  for (const key of made.keys) {
    if (old <= 0) break;
    old -= 1;
    if (!member.has(key)) made.keys.delete(key);
  }
  made.sweepAt = Math.max(SWEPT_FROM, 2 * made.keys.size);
}
