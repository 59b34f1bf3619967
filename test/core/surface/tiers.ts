import type { Kept } from './kept.js';

/** How often each thing happened to a function. */
export type Counts = Record<'hits' | 'misses' | 'joins' | 'stale' | 'errors' | 'runs', number>;

/** What a function threw, as a text, and until when it is thrown again. */
interface Failure {
  readonly fault: string;
  readonly at: number;
  readonly until: number;
  /** Those that were known without a result. */
  readonly tags: readonly string[];
}

/** The memory of one process; keys are the name of a function and the number of an argument. */
export class Process {
  readonly kept = new Map<string, Kept>();
  readonly failures = new Map<string, Failure>();
  /** When a refresh that failed may be tried again. */
  readonly cooldowns = new Map<string, number>();
  readonly counts = new Map<string, Counts>();
}

/** What several processes share. */
export class Shared {
  readonly kept = new Map<string, Kept>();
  /** How often all of it was cleared. */
  clears = 0;
  /** How often each tag was invalidated. */
  readonly #tokens = new Map<string, number>();

  token(tag: string): number {
    return this.#tokens.get(tag) ?? 0;
  }

  invalidate(tag: string): void {
    this.#tokens.set(tag, this.token(tag) + 1);
  }

  /** What is stored and was not outdated by a tag, be it of use or not. */
  get(key: string): Kept | undefined {
    const kept = this.kept.get(key);
    return kept !== undefined && [...kept.tags].every(([tag, token]) => this.token(tag) === token) ? kept : undefined;
  }
}
