import type { Timer } from '../clock.js';
import type { ReleaseReason } from '../options.js';
import type { Reporter } from '../reporter.js';
import type { FlightTable } from '../run/flight-table.js';

/** The function that resources are of, and how it lets them go; times in milliseconds. */
export interface ResourceOwner {
  readonly flights: FlightTable<Holding>;
  readonly report: Reporter;
  readonly onRelease: (resource: unknown, reason: ReleaseReason) => unknown;
  readonly releaseAfter: number;
  /** Takes a resource out of its place, when it is there, because what it was built on must go. */
  readonly drop: (holding: Holding) => void;
}

/** One live thing, and how far it is on its way out. It is released once, whatever ends it. */
export interface Holding {
  /** The function that built it first, which is the one to release it. */
  readonly owner: ResourceOwner;
  readonly key: string;
  readonly resource: unknown;
  /** What its factory got from other cached resources: none of it goes before this has gone. */
  readonly builtOn: Set<Holding>;
  /** Entries that hold it. */
  claims: number;
  /** What keeps it from being released for the time being: leases, factories under way, what was built on it. */
  uses: number;
  /** When it was last used (by the cache's clock). */
  usedAt: number;
  /** Why it goes, once no entry holds it any more. */
  leaving: ReleaseReason | undefined;
  delay: Timer | undefined;
  /** Whether its release has begun. */
  released: boolean;
  /** Who waits until its release has ended. */
  readonly onGone: (() => void)[];
}

/** A new holding of an entry. */
export function newHolding(owner: ResourceOwner, key: string, resource: unknown, now: number): Holding {
  return {
    owner,
    key,
    resource,
    builtOn: new Set(),
    claims: 0,
    uses: 0,
    usedAt: now,
    leaving: undefined,
    delay: undefined,
    released: false,
    onGone: [],
  };
}

/** Whether one is the other, or was built on it, through any number of others. */
export function standsOn(holding: Holding, ground: Holding): boolean {
  if (holding === ground) return true;
  for (const below of holding.builtOn) if (standsOn(below, ground)) return true;
  return false;
}

/** Whether nothing keeps one that is to go from being released. */
export function isFree({ released, leaving, uses, delay }: Holding): boolean {
  return !released && leaving !== undefined && uses === 0 && delay === undefined;
}
