import type { Begun, EntryToKeep, StoreFunction, StoreTier, TagPairs } from '../../packages/core/src/store/index.js';
import type { Fault } from './model-store.js';

/** Two processes share the store; `c` comes when all is over, and has seen nothing. */
export type ProcessName = 'a' | 'b' | 'c';

/** A step of an actor; the explorer decides when it begins. */
export type Step =
  | RunStep
  /** A run that uses the result of a run of the other function, found or computed; `known` are tags of its own. */
  | {
      readonly do: 'run outer';
      readonly known?: readonly string[];
      readonly inner: RunStep;
      /** Whether memory has the result of the inner run, from before the outer one began. */
      readonly innerFirst?: boolean;
    }
  | { readonly do: 'delete' | 'expire' | 'clear' | 'clear cache' }
  | { readonly do: 'invalidate tags'; readonly tags: readonly string[] };

/** A run of the function that all invalidations are about. */
export interface RunStep {
  readonly do: 'run';
  /** The process that runs, when it is not the actor's. */
  readonly by?: ProcessName;
  readonly known?: readonly string[];
  readonly result?: readonly string[];
}

/** A run of either function. */
export type AnyRun = Extract<Step, { do: 'run' | 'run outer' }>;
/** A step that outdates or expires something. */
export type Invalidate = Exclude<Step, AnyRun>;

/** What is played, in every order. */
export interface Scenario {
  readonly actors: readonly { readonly process: ProcessName; readonly steps: readonly Step[] }[];
  /** Whether an entry and all tokens are there at the start. */
  readonly warm: boolean;
  /** Whether calls of the function have been deleted before, though not this one. */
  readonly noted?: boolean;
  /** What of that the store has lost before it begins, by parts of keys. */
  readonly lost?: readonly string[];
  /** Parts of the keys whose operations may come in every order, such as `/e/`; no others may be written. */
  readonly races: readonly string[];
  /** Parts of keys whose operations take effect at once, to keep a scenario small. */
  readonly atOnce?: readonly string[];
  readonly faults?: readonly Fault[];
  /** Keys whose writes may land twice, if `faults` says so. */
  readonly resent?: readonly string[];
  /** Keys that the store may lose, each by a part of it. */
  readonly evicts?: readonly string[];
  /** Whether time may pass in one process, so that its deadlines do. */
  readonly pauses?: boolean;
  /** Processes that may end in the middle of what they do. */
  readonly ends?: readonly ProcessName[];
  /** How many things may go wrong in one play. */
  readonly mostFaults: number;
}

/** What an outer run computes is under this key, of a function of its own. */
export const OUTER = 'outer';

/** The function that all actors call; what an outer run computes is of another one. */
export function functionOf(tier: StoreTier, key: string): StoreFunction {
  const name = key === OUTER ? 'getPage' : 'getUser';
  return tier.function({ name, version: 'v1', shown: name, maxValueBytes: 2 ** 24 });
}

/** Sends what a step outdates or expires. */
export function send(tier: StoreTier, step: Invalidate): ReturnType<StoreTier['clear']> {
  switch (step.do) {
    case 'delete':
      return functionOf(tier, 'k').delete('k');
    case 'expire':
      return functionOf(tier, 'k').expire('k');
    case 'clear':
      return functionOf(tier, 'k').clear();
    case 'clear cache':
      return tier.clear();
    case 'invalidate tags':
      return tier.invalidateTags(step.tags);
  }
}

/** Whether a step is a run of either function. */
export function isRun(step: Step): step is AnyRun {
  return step.do === 'run' || step.do === 'run outer';
}

/** Whether a key is of a kind: `/e/`, `/d/`, `/n/`, `/x/`, `/f/` and `/t/` by what they contain, `/c` and `/i` by their end. */
export function isAt(key: string, part: string): boolean {
  return part.endsWith('/') ? key.includes(part) : key.endsWith(part);
}

/** What a run comes to. */
export interface Result {
  readonly value: number;
  readonly pairs: TagPairs | undefined;
}

/** What a run keeps. */
export interface ToKeep {
  readonly key: string;
  readonly begun: Begun;
  readonly value: number;
  readonly tags: readonly string[];
  readonly inherited?: EntryToKeep['inherited'];
  readonly name: string | undefined;
}

/** The tags that are known before runs. */
export function knownBefore(runs: readonly AnyRun[]): readonly string[] {
  return [...new Set(runs.flatMap(({ known = [] }) => known))];
}
