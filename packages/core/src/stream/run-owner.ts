import { AsyncLocalStorage } from 'node:async_hooks';
import { inRootContext } from '../context.js';
import { keep } from '../copy/index.js';
import { ValueEntry } from '../memory/index.js';
import type { Flight } from '../run/flight.js';
import { itemsFrom, type Link } from './link.js';
import { sourceOf } from './source.js';
import { memorySources } from '../run/inherited.js';
import { passedOn, type StreamEntry } from './stream-entry.js';
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
  const { host, keepOptions, flights, report, maxBytes } = parts;
  const { key, startedAt } = flight;
  const now = (): number => host.settings.clock.now();
  const done = (keeps: boolean): void => {
    // Left before it is told: whoever hears of it and calls again starts anew.
    flights.leave(flight);
    report.computed(key, now() - startedAt, keeps);
  };
  let worth: Worth | undefined;
  return {
    ...begin(parts, call),
    maxBytes,
    keep: (item) => keep(item, keepOptions(key)),
    complete(begin, bytes) {
      const whole = begin === undefined ? undefined : judged(parts, flight, { begin, bytes }, call.args);
      worth = whole?.worth;
      return () => done(whole?.putAway?.() ?? false);
    },
    fail(error) {
      flights.leave(flight);
      report.failed(key, now() - startedAt, error);
    },
    outgrow(bytes) {
      flight.outdated = true;
      flights.leave(flight);
      report.notKept(key, bytes);
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
    passes: (isOver) => passedOn(host, worth ?? worthSoFar(parts, flight, isOver), now()),
  };
}

/** A stream of which every item is held. */
interface Whole {
  readonly begin: Link;
  readonly bytes: number;
}

/** What is known of a stream beside its items. */
type Worth = Pick<StreamEntry, 'tags' | 'sources' | 'freshUntil' | 'trustedUntil'>;

interface Judged {
  readonly worth: Worth;
  /** What keeps it; undefined when it is not to be kept. */
  readonly putAway: (() => boolean) | undefined;
}

/** Asks what there is to ask about a whole stream. */
function judged(parts: StreamParts, flight: Flight<void>, whole: Whole, args: readonly unknown[]): Judged {
  const { host, settings, generations } = parts;
  const items = settings.asksForItems ? itemsFrom(whole.begin) : [];
  const worth = worthOf(
    flight,
    settings.tagsOf(items, args),
    host.settings.clock.now() + (settings.ttlOf(items, args) ?? Infinity),
  );
  const isCurrent = (): boolean =>
    !flight.outdated && !host.closed && generations.firstInvalidation(flight.position, worth.tags) === undefined;
  // Asked again after `when`, which may have invalidated.
  const keeps = isCurrent() && settings.wanted(items, args) && isCurrent();
  return { worth, putAway: keeps ? () => place(parts, flight, whole, worth) : undefined };
}

/** By its own tags and life, and what the run has taken over from the cached calls that it made. */
function worthOf({ used }: Flight<void>, own: readonly string[], freshUntil: number): Worth {
  const trustedUntil = used?.trustedUntil ?? Infinity;
  return {
    tags: used === undefined ? own : [...new Set([...own, ...used.tags])],
    sources: memorySources(own, used),
    // It lives no longer than what it was made of, nor than that is trusted.
    freshUntil: Math.min(freshUntil, used?.freshUntil ?? Infinity, trustedUntil),
    trustedUntil,
  };
}

/** The same of a stream that is not whole. What a reader left whose tags, or ttl, only the whole tells is of no more use. */
function worthSoFar({ host, settings }: StreamParts, flight: Flight<void>, isOver: boolean): Worth {
  const { hasLateTags, hasTtl, longestLife, staticTags } = settings;
  const useless = isOver && (hasLateTags || (hasTtl && longestLife === undefined));
  return worthOf(flight, staticTags, host.settings.clock.now() + (useless ? 0 : (longestLife ?? Infinity)));
}

/** Puts a whole stream into memory. Older runs of the key, should they end later, do not replace it (hazard 16). */
function place(
  { host, shelf, flights, generations }: StreamParts,
  flight: Flight<void>,
  { begin, bytes }: Whole,
  worth: Worth,
): boolean {
  const { key, run } = flight;
  flights.outdateOlder(key, (other) => other.run < run);
  const createdAt = host.settings.clock.now();
  if (worth.freshUntil <= createdAt) return false;
  const stamps = generations.stamp(worth.tags);
  const entry: StreamEntry = { begin, createdAt, computeMs: createdAt - flight.startedAt, stamps, ...worth };
  const placed = shelf.set(key, new ValueEntry(entry), bytes, entry.freshUntil);
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
    keep: (item) => ({
      master: item,
      bytes: 0,
      findings: undefined,
      settled: undefined,
      copy: () => item,
      written: () => item,
    }),
    complete: () => nothing,
    fail: nothing,
    outgrow: nothing,
    desert() {
      flight.abort();
      return true;
    },
    stopped: nothing,
    passes: () => undefined,
  };
}
