import type { Clock } from '../../clock.js';
import type { Swept } from './sweep.js';

/** Hears what a local store does by itself, behind all calls. */
export interface LocalListener {
  /** What is over, or too much, was removed. */
  swept(what: Swept): void;
  /** That failed; it is tried again later. */
  failed(operation: string, error: unknown): void;
}

/** What the port of a local store is opened with. */
export interface LocalPortOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly hear: LocalListener;
}

/** Hears nothing. */
export const DEAF: LocalListener = { swept() {}, failed() {} };
