import type { CacheHost } from '../host.js';
import type { Identity, Keyer } from '../key/index.js';
import type { Shelf, ValueEntry } from '../memory/index.js';
import { parseDuration, type Duration } from '../duration.js';
import type { ReleaseReason } from '../options.js';
import type { Reporter } from '../reporter.js';
import { FlightTable } from '../run/flight-table.js';
import { Places } from '../run/places.js';
import { checkTimeouts, type AnyResourceOptions, type Timeouts } from '../settings/index.js';
import type { FunctionScope } from '../scope/index.js';
import type { AnyFunction } from '../wrapping.js';
import type { Holding, ResourceOwner } from './holding.js';
import type { Introduce } from './identity.js';
import { uselessFrom, type ResourceEntry, type ResourceLife } from './resource-entry.js';
import { disposeOf } from './resource-value.js';

/** What the pieces of one resource function share. */
export interface ResourceParts {
  readonly host: CacheHost;
  readonly original: AnyFunction;
  readonly context: 'detached' | 'caller';
  readonly life: ResourceLife;
  readonly timeouts: Timeouts;
  /** Where building is limited in number. */
  readonly places: Places | undefined;
  readonly validate: ((...args: never) => unknown) | undefined;
  readonly rebuild: 'build-first' | 'release-first';
  readonly keyer: Keyer;
  readonly shelf: Shelf<ValueEntry<ResourceEntry>>;
  readonly flights: FlightTable<Holding>;
  /** Whose its calls are; undefined when they are everybody's. */
  readonly scope: FunctionScope | undefined;
  readonly owner: ResourceOwner;
  /** Makes known which resource it is that was built. */
  readonly introduce: Introduce;
  readonly identity: () => Identity;
  readonly report: Reporter;
}

/** What a resource function has from its cache, beside its checked options. */
export interface ResourceGiven {
  readonly host: CacheHost;
  readonly original: AnyFunction;
  readonly keyer: Keyer;
  readonly scope: FunctionScope | undefined;
  readonly introduce: Introduce;
  readonly identity: () => Identity;
  readonly report: Reporter;
  readonly maxEntries: number | undefined;
  /** How messages name the place where it is wrapped. */
  readonly where: string;
}

/** Makes the pieces of a resource function from its checked options. */
export function resourceParts(options: AnyResourceOptions, given: ResourceGiven): ResourceParts {
  const { host, original, keyer, scope, introduce, identity, report, where } = given;
  const rebuild = options.rebuild ?? 'build-first';
  const ms = (option: TimeOption, or: number): number => milliseconds(options[option], or, where, option);
  const timeouts: Timeouts = {
    softTimeout:
      options.softTimeout === undefined ? undefined : parseDuration(options.softTimeout, where, 'softTimeout'),
    hardTimeout:
      options.hardTimeout === undefined ? undefined : parseDuration(options.hardTimeout, where, 'hardTimeout'),
    staleIfError: ms('staleIfError', 0),
  };
  checkTimeouts(timeouts, options.softTimeout, where);
  const onRelease = options.onRelease ?? disposeOf;
  const flights = new FlightTable<Holding>(
    ms('flightTimeout', 60_000),
    (key, why) => report.abandoned(key, why),
    scope,
  );
  const owner: ResourceOwner = {
    flights,
    report,
    onRelease: (resource, reason) => Reflect.apply(onRelease, undefined, [resource, reason]),
    // Where a thing must be gone before the next is built, everybody would wait for the delay.
    releaseAfter: ms('releaseAfter', rebuild === 'build-first' ? 10_000 : 0),
    drop(holding) {
      const entry = shelf.get(holding.key);
      if (entry?.value.holding === holding) shelf.remove(entry, 'discard');
    },
  };
  const shelf = host.memory.shelf<ValueEntry<ResourceEntry>>({
    maxEntries: given.maxEntries,
    maxBytes: undefined,
    budgeted: false,
    usefulUntil: (entry, now) => uselessFrom(entry.value, now),
    onRemove(entry, reason: ReleaseReason) {
      // What was to take the place of an evicted one has no place (S86).
      if (reason === 'evict') flights.outdateBehind(entry.key);
      host.holdings.letGo(entry.value.holding, reason);
      report.removed(entry.key, reason);
    },
    onRefuse: (key, bytes) => report.notKept(key, bytes),
  });
  return {
    host,
    original,
    context: options.context ?? 'detached',
    life: {
      ttl: ms('ttl', Infinity),
      staleWhileRevalidate: ms('staleWhileRevalidate', 0),
      staleIfError: timeouts.staleIfError,
      idleTimeout: ms('idleTimeout', Infinity),
    },
    timeouts,
    places: options.maxConcurrent === undefined ? undefined : new Places(options.maxConcurrent, flights.flightTimeout),
    validate: options.validate,
    rebuild,
    keyer,
    shelf,
    flights,
    scope,
    owner,
    introduce,
    identity,
    report,
  };
}

type TimeOption = 'ttl' | 'staleWhileRevalidate' | 'staleIfError' | 'idleTimeout' | 'releaseAfter' | 'flightTimeout';

function milliseconds(given: Duration | undefined, or: number, where: string, option: TimeOption): number {
  if (given === undefined) return or;
  return given === 0 ? 0 : parseDuration(given, where, option);
}
