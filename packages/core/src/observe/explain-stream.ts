import type { Flight } from '../run/flight.js';
import { isCurrent, tagsOf } from '../run/generation.js';
import { uselessSince } from '../stream/stream-entry.js';
import type { StreamParts } from '../stream/stream-parts.js';
import { explainKey } from './explain-key.js';
import { left } from './explain-memory.js';
import { explainRun } from './explain-run.js';
import type { Explanation, MemoryExplanation } from './explanation.js';
import { conclude } from './summary.js';

/** What is known of a call of a stream; throws when its arguments have no key. `readers` counts those of a run. */
export function explainStream(
  parts: StreamParts,
  readers: (flight: Flight<void>) => number,
  self: unknown,
  args: readonly unknown[],
): Explanation {
  const { host, keyer, flights, generations, settings, report } = parts;
  const text = keyer.keyOf(self, args);
  const now = host.settings.clock.now();
  const isOutdated = (position: number): boolean =>
    generations.firstInvalidation(position, settings.staticTags) !== undefined ||
    (settings.hasLateTags && generations.position > position);
  const flight = flights.find(text);
  const run = explainRun(flights, text, now, isOutdated);
  return conclude(host, {
    fn: report.fn,
    lastMiss: report.lastMiss(text),
    key: explainKey(parts, text, { self, args }),
    memory: memoryOf(parts, text, now),
    store: undefined,
    failure: undefined,
    run: run === undefined || flight === undefined ? undefined : { ...run, waiting: readers(flight) },
  });
}

function memoryOf({ shelf, report }: StreamParts, key: string, now: number): MemoryExplanation {
  const entry = shelf.get(key);
  if (entry === undefined) return { state: 'none', gone: report.goneBecause(key) };
  const { value, bytes, usedLately } = entry;
  const useless = uselessSince(value, now);
  const freshFor = left(value.freshUntil, now);
  return {
    state: useless === 'tag' ? 'invalidated' : (useless ?? 'fresh'),
    age: now - value.createdAt,
    computeMs: value.computeMs,
    freshFor,
    staleWhileRevalidateFor: freshFor,
    staleIfErrorFor: freshFor,
    bytes,
    tags: value.tags,
    effects: [],
    invalidated: tagsOf(value.stamps.filter((stamp) => !isCurrent([stamp]))),
    trustedFor: left(value.trustedUntil, now),
    noRefreshFor: 0,
    usedLately,
  };
}
