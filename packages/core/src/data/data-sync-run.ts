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

/** Begins one. */
export function beginSyncRun({ host, generations, settings }: DataSyncParts): SyncRun {
  const { clock } = host.settings;
  return {
    run: host.nextRun(),
    position: generations.position,
    started: clock.now(),
    outdated: false,
    cache: host,
    refreshes: currentRecorder()?.refreshes === true,
    inherits: settings.inherits,
    replays: true,
    script: undefined,
    used: undefined,
    now: () => clock.now(),
  };
}

/** The tags of a result, with those of what its run has used. */
export function withInherited(own: readonly string[], { used }: SyncRun): readonly string[] {
  return used === undefined ? own : [...new Set([...own, ...used.tags])];
}

/** What a call has come to. */
export type Attempt<T> =
  { readonly failed: false; readonly result: T } | { readonly failed: true; readonly error: unknown };

/** Calls, and catches what is thrown. */
export function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { failed: false, result: run() };
  } catch (error) {
    return { failed: true, error };
  }
}
