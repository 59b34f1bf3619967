import type { TagPairs } from '../store/index.js';

/** What an answer passes on to the run that asked for it. Lengths of time in milliseconds, from now. */
export interface Passed {
  /** Whose tags these are: a tag means nothing to another cache. */
  readonly cache: object;
  readonly tags: readonly string[];
  /** How much longer it is fresh; 0 or less when it is stale. */
  readonly freshFor: number;
  /** How much longer it may be served while a refresh runs, and when computing fails; Infinity while it is fresh. */
  readonly revalidateFor: number;
  readonly errorFor: number;
  /** The store that has the tokens of the tags; undefined for what is in memory only. */
  readonly store: object | undefined;
  readonly pairs: TagPairs | undefined;
}

/** Whoever uses the answers of cached functions while it makes its own: a run. */
export interface Recorder {
  readonly cache: object;
  /** Whether it lives in the background: then nothing stale goes into it (hazard 15). */
  readonly refreshes: boolean;
  /** False: it takes over nothing (`inherit: false`). */
  readonly inherits: boolean;
  now(): number;
  /** Made with the first answer that is used. */
  used: Inherited | undefined;
}

/** What a run has taken over from the answers that it used. */
export class Inherited {
  readonly tags: Set<string> = new Set();
  /** Tags of functions in memory only: no store knows how they stood then. */
  readonly untokened: Set<string> = new Set();
  /** By the store that they are of: the tokens of the other tags, as the answers carried them (hazard 4). */
  readonly pairs: { readonly store: object; readonly pairs: TagPairs }[] = [];
  freshUntil: number = Infinity;
  revalidateUntil: number = Infinity;
  errorUntil: number = Infinity;

  /** Adds what one more answer passes on. */
  add(passed: Passed, now: number, sameCache: boolean): void {
    this.freshUntil = Math.min(this.freshUntil, now + passed.freshFor);
    this.revalidateUntil = Math.min(this.revalidateUntil, now + passed.revalidateFor);
    this.errorUntil = Math.min(this.errorUntil, now + passed.errorFor);
    if (!sameCache || passed.tags.length === 0) return;
    for (const tag of passed.tags) this.tags.add(tag);
    if (passed.store === undefined) for (const tag of passed.tags) this.untokened.add(tag);
    else this.pairs.push({ store: passed.store, pairs: passed.pairs ?? UNKNOWN });
  }
}

/** The tokens of an answer that nobody can know any more. */
const UNKNOWN: TagPairs = Promise.resolve(undefined);

/** Notes an answer that was used in a run. */
export function record(recorder: Recorder, passed: Passed): void {
  if (!recorder.inherits) return;
  recorder.used ??= new Inherited();
  recorder.used.add(passed, recorder.now(), recorder.cache === passed.cache);
}
