import type { DataEntry } from './data-entry.js';
import type { TagStamp } from '../run/generation.js';

/** What is said of an entry before it is put anywhere. */
type Said = Pick<
  DataEntry,
  'kept' | 'acts' | 'createdAt' | 'freshUntil' | 'limits' | 'unstored' | 'computeMs' | 'tags' | 'sources'
>;

/**
 * An entry of memory. Made by a class and not by a literal: where objects of one literal have once lived long, V8 makes all
 * later ones in its old space at once; there, each keeps what it refers to until everything is collected, however soon it is let go.
 */
export class PlacedEntry implements DataEntry {
  readonly kept: DataEntry['kept'];
  readonly acts: DataEntry['acts'];
  readonly createdAt: number;
  freshUntil: number;
  readonly limits: DataEntry['limits'];
  trustedUntil: number;
  readonly unstored: boolean;
  readonly run: number;
  readonly computeMs: number;
  readonly tags: readonly string[];
  readonly stamps: readonly TagStamp[];
  dropped: boolean | undefined = undefined;
  sources: DataEntry['sources'];

  constructor(said: Said, trustedUntil: number, run: number, stamps: readonly TagStamp[]) {
    this.kept = said.kept;
    this.acts = said.acts;
    this.createdAt = said.createdAt;
    this.freshUntil = said.freshUntil;
    this.limits = said.limits;
    this.trustedUntil = trustedUntil;
    this.unstored = said.unstored;
    this.run = run;
    this.computeMs = said.computeMs;
    this.tags = said.tags;
    this.stamps = stamps;
    this.sources = said.sources;
  }
}
