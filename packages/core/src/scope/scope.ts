import type { Holdings } from '../resource/holdings.js';
import type { Acknowledgement, StoreTier } from '../store/index.js';

/** The store of a function that has made something in a session. */
export interface ScopeStore {
  readonly tier: Pick<StoreTier, 'invalidateTags'>;
  delete(key: string): Promise<Acknowledgement>;
}

/** What a scope asks of a function that has made something in it. */
export interface ScopeMember {
  /** Whether something is kept in memory for a key, or under way. */
  has(key: string): boolean;
  /** Drops it, and outdates what is under way. */
  drop(key: string, reason: 'clear' | 'scope'): void;
  readonly store: ScopeStore | undefined;
}

/** Keys of one function that a scope keeps in mind, whatever became of them; what is over is swept out when there are more. */
const SWEPT_FROM = 1000;

/** As many of the latest stay in mind: their entries may be in a store. */
const STORED = 500;

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
    // Behind the others: the latest are remembered for longest.
    made.keys.delete(key);
    made.keys.add(key);
    if (made.keys.size > made.sweepAt) sweep(member, made);
  }

  /** Drops what a function has made in it, as far as that is in this process. */
  clear(member: ScopeMember): void {
    for (const key of Array.from(this.#made.get(member)?.keys ?? [])) member.drop(key, 'clear');
  }

  /**
   * Drops all that was made in it, and releases its resources, the last made first; `everywhere`: also in the stores, for
   * every process. Resolves when that is over, but waits for no longer than `closeTimeout`; never rejects.
   */
  end(everywhere: boolean): Promise<void> {
    this.#ending ??= this.#end(everywhere);
    return this.#ending;
  }

  async #end(everywhere: boolean): Promise<void> {
    const made = [...this.#made];
    if (made.length === 0) return;
    this.#made.clear();
    await this.#holdings.endScope(this.prefix, () => {
      for (const [member, { keys }] of made) for (const key of keys) member.drop(key, 'scope');
    });
    if (everywhere) await this.#outdateStored(made);
  }

  /** All of it by its tag, for every process; what this one knows of is removed too, so that it does not lie about. */
  async #outdateStored(made: readonly (readonly [ScopeMember, Made])[]): Promise<void> {
    const sent: Promise<Acknowledgement>[] = [];
    const tiers = new Set<ScopeStore['tier']>();
    for (const [{ store }, { keys }] of made) {
      if (store === undefined) continue;
      tiers.add(store.tier);
      for (const key of [...keys].slice(-STORED)) sent.push(store.delete(key));
    }
    for (const tier of tiers) sent.push(tier.invalidateTags([this.prefix]));
    await Promise.all(sent);
  }
}

/** Forgets keys of which nothing is left in this process, but for the latest. */
function sweep(member: ScopeMember, made: Made): void {
  const old = [...made.keys].slice(0, -STORED);
  for (const key of old) if (!member.has(key)) made.keys.delete(key);
  made.sweepAt = Math.max(SWEPT_FROM, 2 * made.keys.size);
}
