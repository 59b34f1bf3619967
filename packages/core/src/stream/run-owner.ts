import { AsyncLocalStorage } from 'node:async_hooks';
import { inRootContext } from '../context.js';
import { keep } from '../copy/index.js';
import { streamTooLarge } from '../errors.js';
import type { Flight } from '../run/flight.js';
import { itemsFrom, type Link } from './link.js';
import { sourceOf } from './source.js';
import type { StreamEntry } from './stream-entry.js';
import type { StreamParts } from './stream-parts.js';
import type { RunOwner } from './stream-run.js';

/** What a run is called with. */
export interface RunCall {
  readonly self: unknown;
  readonly args: readonly unknown[];
}

type Begun = Pick<RunOwner, 'fn' | 'within' | 'now' | 'open'>;

function begin(parts: StreamParts, { self, args }: RunCall): Begun {
  const { host, original, context, report } = parts;
  return {
    fn: report.fn,
    // Every item is made in the context in which the run began, whichever reader asks for it.
    within: context === 'detached' ? inRootContext : AsyncLocalStorage.snapshot(),
    now: () => host.settings.clock.now(),
    open: async () => sourceOf(await Reflect.apply(original, self, args), report.fn),
  };
}

/** What becomes of a run of a key: whole and not outdated, it is kept. */
export function ownerOf(parts: StreamParts, flight: Flight<void>, call: RunCall): RunOwner {
  const { host, settings, flights, report, maxBytes } = parts;
  const { key, startedAt } = flight;
  const now = (): number => host.settings.clock.now();
  const done = (keeps: boolean): void => {
    // Left before it is told: whoever hears of it and calls again starts anew.
    flights.leave(flight);
    report.computed(key, now() - startedAt, keeps);
  };
  return {
    ...begin(parts, call),
    maxBytes,
    keep: (item) => keep(item, { fn: report.fn, mode: settings.copy }),
    complete(begin, bytes) {
      const putAway = begin === undefined ? undefined : keeping(parts, flight, { begin, bytes }, call.args);
      return () => done(putAway?.() ?? false);
    },
    fail(error) {
      flights.leave(flight);
      report.failed(key, now() - startedAt, error);
    },
    outgrow() {
      flight.outdated = true;
      flights.leave(flight);
      report.notKept(key, streamTooLarge(report.fn, maxBytes));
    },
    desert(isWaiting) {
      flights.desert(flight);
      if (!flights.holds(flight)) return true;
      // Too many runs of the key hang: this one, which may hang too, is there for the next caller.
      if (isWaiting) return false;
      flights.leave(flight);
      flight.abort();
      return true;
    },
    stopped: () => done(false),
  };
}

/** A stream of which every item is held. */
interface Whole {
  readonly begin: Link;
  readonly bytes: number;
}

/** Asks what there is to ask about a whole stream; answers what keeps it, or undefined when it is not to be kept. */
function keeping(
  parts: StreamParts,
  flight: Flight<void>,
  whole: Whole,
  args: readonly unknown[],
): (() => boolean) | undefined {
  const { host, settings, generations } = parts;
  const items = settings.asksForItems ? itemsFrom(whole.begin) : [];
  const tags = settings.tagsOf(items, args);
  const ttl = settings.ttlOf(items, args);
  const isCurrent = (): boolean =>
    !flight.outdated && !host.closed && generations.firstInvalidation(flight.position, tags) === undefined;
  // Asked again after `when`, which may have invalidated.
  if (!isCurrent() || !settings.wanted(items, args) || !isCurrent()) return undefined;
  return () => place(parts, flight, whole, { tags, ttl });
}

/** Puts a whole stream into memory. Older runs of the key, should they end later, do not replace it (hazard 16). */
function place(
  { host, shelf, flights, generations }: StreamParts,
  flight: Flight<void>,
  { begin, bytes }: Whole,
  { tags, ttl }: { readonly tags: readonly string[]; readonly ttl: number | undefined },
): boolean {
  const { key, run } = flight;
  flights.outdateOlder(key, (other) => other.run < run);
  const createdAt = host.settings.clock.now();
  const stamps = generations.stamp(tags);
  const entry: StreamEntry = { begin, createdAt, freshUntil: createdAt + (ttl ?? Infinity), stamps };
  const placed = shelf.set(key, entry, bytes, entry.freshUntil);
  if (placed === undefined) {
    generations.release(stamps);
    return false;
  }
  // Whoever was told of what it has pushed out may have invalidated.
  if (flight.outdated) shelf.remove(placed, 'delete');
  return !flight.outdated;
}

/** What a run of a disabled or closed cache is: handed on as it comes, and nothing of it is held. */
export function passThrough(parts: StreamParts, flight: Flight<void>, call: RunCall): RunOwner {
  const nothing = (): void => {};
  return {
    ...begin(parts, call),
    maxBytes: Infinity,
    keep: (item) => ({ master: item, bytes: 0, copy: () => item }),
    complete: () => nothing,
    fail: nothing,
    outgrow: nothing,
    desert() {
      flight.abort();
      return true;
    },
    stopped: nothing,
  };
}
