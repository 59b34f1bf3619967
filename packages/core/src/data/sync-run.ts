import { errorUntil, type DataEntry } from './data-entry.js';
import type { DataSyncParts } from './data-sync-function.js';
import type { Recorder } from '../run/inherited.js';
import { currentRecorder } from '../run/run-context.js';

/** One run that is under way: somewhere below it on the stack. */
export interface SyncRun extends Recorder {
  readonly run: number;
  readonly position: number;
  readonly started: number;
  outdated: boolean;
}

/** Begins one; without a key it passes through a disabled or closed cache. */
export function beginSyncRun(parts: DataSyncParts, key: string | undefined): SyncRun {
  const { host, generations, settings, report, scope } = parts;
  const { clock } = host.settings;
  return {
    run: host.nextRun(),
    position: generations.position,
    started: clock.now(),
    outdated: key !== undefined && scope?.begins(key) === false,
    cache: host,
    fn: report.fn,
    key: key ?? '',
    passesThrough: key === undefined,
    refreshes: currentRecorder()?.refreshes === true,
    inherits: settings.inherits,
    replays: true,
    script: undefined,
    reads: undefined,
    used: undefined,
    now: () => clock.now(),
  };
}

/**
 * Whether an entry may be served in the place of what a run did not give: it is not too old, and was not dropped meanwhile. What
 * outdated the run may have been an `expire`, which drops nothing.
 */
export function standsIn(
  { generations, shelf, settings }: DataSyncParts,
  run: SyncRun,
  entry: DataEntry,
  now: number,
): boolean {
  if (now >= errorUntil(entry, settings.policy)) return false;
  if (generations.firstInvalidation(run.position, entry.tags) !== undefined) return false;
  return !run.outdated || shelf.get(run.key) === entry;
}

/** The tags of a result, with those of what its run has used. */
export function withInherited(own: readonly string[], { used }: SyncRun): readonly string[] {
  return used === undefined ? own : [...new Set([...own, ...used.tags])];
}
