import type { Kept } from '../copy/index.js';
import { memorySources } from '../run/inherited.js';
import { DataEntry } from './data-entry.js';
import type { DataSyncParts } from './data-sync-function.js';
import { withInherited, type SyncRun } from './sync-run.js';
import { UNLIMITED } from './terms.js';

/** What was said of a result. */
interface Said {
  /** Its own tags, without inherited ones. */
  readonly own: readonly string[];
  readonly ttl: number | undefined;
  /** Whether it is kept. What is not must not carry its tags: nobody would let go of them. */
  readonly keeps: boolean;
}

/** The entry of what a synchronous run has returned. */
export function syncEntry(
  { host, settings, generations, report }: DataSyncParts,
  kept: Kept,
  run: SyncRun,
  { own, ttl, keeps }: Said,
): DataEntry {
  const now = host.settings.clock.now();
  const { used } = run;
  const tags = withInherited(own, run);
  const life = (ttl ?? Infinity) * (1 - settings.jitter.memory * Math.random());
  return new DataEntry({
    kept,
    acts: run.script?.sealed(report.fn),
    createdAt: now,
    freshUntil: Math.min(now + life, used?.freshUntil ?? Infinity),
    limits: used === undefined ? UNLIMITED : { revalidate: used.revalidateUntil, error: used.errorUntil },
    trustedUntil: used?.trustedUntil ?? Infinity,
    unstored: false,
    run: run.run,
    computeMs: now - run.started,
    tags,
    stamps: keeps ? generations.stamp(tags) : [],
    sources: memorySources(own, used),
  });
}
