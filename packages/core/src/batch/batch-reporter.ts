import { Reporter } from '../reporter.js';

/** Counts as runs how often the user's function was called, which is less often than ids are missed. */
export class BatchReporter extends Reporter {
  /** The run of one id begins: its load counts. */
  override started(key: string): void {
    this.begun(key);
  }

  /** A load begins. */
  loading(): void {
    super.started(undefined);
  }
}
