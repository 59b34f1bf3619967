import type { Kept } from '../copy/index.js';
import type { Freshness } from './call-policy.js';
import type { DataOutcome } from './data-outcome.js';
import type { MissReason } from '../events.js';
import type { Read } from '../input/index.js';
import type { Flight } from '../run/flight.js';
import type { KeyedCall, LateArguments } from '../run/late-arguments.js';
import type { Begun, StoreLookup } from '../store/index.js';

/** What a flight is about. Nothing else of the call that started it: a run that never ends must not hold on to more. */
export interface Errand {
  readonly call: KeyedCall;
  /** The inputs in its key, as far as they are known. */
  readonly path: readonly Read[];
  readonly reason: MissReason;
  /** How old what the store has may be. */
  readonly freshness: Freshness;
  /** A value that is put in the place of what the function would return. */
  readonly primed: Kept | undefined;
  /** The arguments, where the function begins later than the flight. */
  readonly late: LateArguments | undefined;
  /** Where the store was asked before. */
  readonly early?: EarlyBegin | undefined;
}

/** What a flight goes on from, of a look into the store that began before it. */
export interface EarlyBegin {
  readonly position: number;
  readonly run: number;
  readonly startedAt: number;
  readonly looked: Promise<StoreLookup>;
}

/** What a run has to go by. */
export interface Plan {
  readonly flight: Flight<DataOutcome>;
  readonly call: KeyedCall;
  readonly args: readonly unknown[];
  readonly reason: MissReason;
  readonly begun: Begun | undefined;
  /** Whether the value is given, and nothing runs. */
  readonly primed: boolean;
  readonly started: number;
}
