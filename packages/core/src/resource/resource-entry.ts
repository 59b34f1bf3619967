import { knownResource } from '../key/index.js';
import type { Holding } from './holding.js';

/** How long a resource serves; milliseconds. */
export interface ResourceLife {
  readonly ttl: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly idleTimeout: number;
}

/** A kept resource: its holding, the run that built it, and its instants by the cache's clock. */
export interface ResourceEntry {
  readonly holding: Holding;
  readonly run: number;
  readonly createdAt: number;
  /** How long it took to build, in milliseconds. */
  readonly computeMs: number;
  readonly freshUntil: number;
  /** Until when it is handed out while another is built. */
  readonly revalidateUntil: number;
  /** Until when it is handed out when building another fails. */
  readonly errorUntil: number;
  readonly idleTimeout: number;
  /** The resources among its arguments, of which it may be made. */
  readonly madeOf: readonly object[];
  /** No rebuild behind it is tried before this: the last one failed. */
  retryAt: number;
}

/** Makes the entry of a resource that was built just now. */
export function resourceEntry(
  holding: Holding,
  run: number,
  now: number,
  life: ResourceLife,
  made: Pick<ResourceEntry, 'computeMs' | 'madeOf'>,
): ResourceEntry {
  const freshUntil = now + life.ttl;
  return {
    holding,
    run,
    createdAt: now,
    freshUntil,
    revalidateUntil: freshUntil + life.staleWhileRevalidate,
    errorUntil: freshUntil + life.staleIfError,
    idleTimeout: life.idleTimeout,
    ...made,
    retryAt: 0,
  };
}

/** What an entry is good for at an instant. */
export type ResourceState = 'fresh' | 'stale' | 'fallback' | 'expired';

/** Only its age makes a resource stale; one that was not used for too long is of no use at once. */
export function stateOf(entry: ResourceEntry, now: number): ResourceState {
  if (now >= idleFrom(entry, now)) return 'expired';
  if (now < entry.freshUntil) return 'fresh';
  if (now < entry.revalidateUntil) return 'stale';
  return now < entry.errorUntil ? 'fallback' : 'expired';
}

/**
 * Whether a resource was made of another that was let go since: a rebuilt one has the same key, but what was made of the
 * old one would go on using it. Whoever passes the old one itself gets what was made of it.
 */
export function isOutlived({ madeOf }: ResourceEntry, met: readonly object[]): boolean {
  return madeOf.some((part) => !met.includes(part) && knownResource(part)?.isLive() === false);
}

/** When an entry leaves if nothing happens; later when it has been used since this was asked. */
export function uselessFrom(entry: ResourceEntry, now: number): number {
  return Math.min(idleFrom(entry, now), Math.max(entry.freshUntil, entry.revalidateUntil, entry.errorUntil));
}

/** What is leased, or something was built on, is in use all the time. */
function idleFrom({ holding, idleTimeout }: ResourceEntry, now: number): number {
  return (holding.uses > 0 ? now : holding.usedAt) + idleTimeout;
}
