import type { Recorder } from '../run/inherited.js';

/** One run that is under way: somewhere below it on the stack. */
export interface SyncRun extends Recorder {
  readonly run: number;
  readonly position: number;
  readonly started: number;
  outdated: boolean;
}

/** The tags of a result, with those of what its run has used. */
export function withInherited(own: readonly string[], { used }: SyncRun): readonly string[] {
  return used === undefined ? own : [...new Set([...own, ...used.tags])];
}
