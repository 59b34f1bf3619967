import type { Policy, Spec, Value } from './functions.js';

/** A value that is kept, in memory or in the store. Instants in milliseconds. */
export interface Kept {
  readonly value: Value;
  readonly at: number;
  /** The end of its life; from here the stale windows count. */
  readonly until: number;
  /** The ends of the stale windows at the latest, when it was made of something stale. */
  readonly revalidate: number;
  readonly error: number;
  /**
   * Each tag, and how often that had been invalidated in the store; undefined for what is in memory only, and
   * {@link UNKNOWN} when parts of the value say different things.
   */
  readonly tags: ReadonlyMap<string, number | undefined>;
  /** How often the cache had been cleared when the oldest of what it was made of began; `Infinity` where no store tells. */
  readonly clears: number;
  /** When memory is not trusted any more. */
  readonly trusted: number;
}

export const UNKNOWN = -1;

/** What is good for all, for those whom a refresh runs behind, for those whose run failed, or for nobody. */
export type State = 'fresh' | 'stale' | 'fallback' | 'over';

/** What a kept value is good for: by what a call says for itself, else by what its function says. */
export function stateOf(kept: Kept | undefined, spec: Spec, policy: Policy, now: number): State {
  if (kept === undefined) return 'over';
  const { freshWithin = Infinity } = policy;
  if (now < kept.until && now < kept.at + freshWithin) return 'fresh';
  if (now < revalidateUntil(kept, spec, policy)) return 'stale';
  return now < errorUntil(kept, spec, policy) ? 'fallback' : 'over';
}

/** Until when it may be served while a refresh runs; the function's window is not for those who say how fresh. */
export function revalidateUntil({ at, until, revalidate }: Kept, spec: Spec, policy: Policy): number {
  const { freshWithin, staleWhileRevalidate = freshWithin === undefined ? spec.staleWhileRevalidate : 0 } = policy;
  return Math.min(Math.min(until, at + (freshWithin ?? Infinity)) + (staleWhileRevalidate ?? 0), revalidate);
}

/** Until when it may be served when computing fails. */
export function errorUntil({ until, error }: Kept, spec: Spec, policy: Policy): number {
  const { staleIfError = spec.staleIfError ?? 0 } = policy;
  return staleIfError === 0 ? 0 : Math.min(until + staleIfError, error);
}

/** What a run takes over from the answers that it uses. */
export class Used {
  until = Infinity;
  revalidate = Infinity;
  error = Infinity;
  trusted = Infinity;
  /** The same of all that was used, with tags or without. */
  allTrusted = Infinity;
  clears = Infinity;
  readonly tags = new Map<string, number | undefined>();
  readonly inRefresh: boolean;

  constructor(inRefresh = false) {
    this.inRefresh = inRefresh;
  }

  add(kept: Kept, spec: Spec, now: number): Value {
    this.until = Math.min(this.until, kept.until);
    if (now >= kept.until) {
      this.revalidate = Math.min(this.revalidate, revalidateUntil(kept, spec, {}));
      this.error = Math.min(this.error, errorUntil(kept, spec, {}));
    }
    this.allTrusted = Math.min(this.allTrusted, kept.trusted);
    this.clears = Math.min(this.clears, kept.clears);
    if (kept.tags.size > 0) this.trusted = Math.min(this.trusted, kept.trusted);
    for (const [tag, token] of kept.tags) this.addTag(tag, token);
    return kept.value;
  }

  addTag(tag: string, token: number | undefined): void {
    const known = this.tags.get(tag);
    const differs = known !== undefined && token !== undefined && known !== token;
    this.tags.set(tag, differs ? UNKNOWN : (token ?? known));
  }
}
