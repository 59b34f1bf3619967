import { inRootContext } from '../context.js';
import type { Sent } from './guard.js';

/**
 * A write of one key: sends what is right at that moment, and never rejects. Called again when an older write may have
 * undone it.
 */
export type Write = () => Promise<Sent>;

/**
 * Writes behind the answers: in order for each key, a bounded number at once, and a bounded number waiting. Of the
 * writes that wait for one key only the last is sent.
 */
export interface WriteQueue {
  /** Resolves when the write has ended, or was replaced by a later one, with true; with false when it was dropped. */
  put(key: string, write: Write): Promise<boolean>;
  /** Resolves when nothing waits and nothing is being written. */
  idle(): Promise<void>;
}

/** How much a queue takes. */
export interface WriteQueueOptions {
  /** Keys that may be written at once. */
  readonly atOnce: number;
  /** Keys that may wait, be written or be in doubt; writes of more keys are dropped. */
  readonly most: number;
  /** Told of drops, once a turn of the event loop. */
  readonly onDropped: (count: number) => void;
}

interface Item {
  readonly write: Write;
  readonly end: () => void;
}

interface Line {
  waiting: Item | undefined;
  busy: boolean;
  /** Writes that passed their deadline and have not settled: they may land at any time (hazard 5). */
  doubtful: number;
  /** One of those landed while the last write was on its way: which of the two came last is not known. */
  again: boolean;
  last: Write | undefined;
}

/** Makes an empty queue. */
export function createWriteQueue(options: WriteQueueOptions): WriteQueue {
  const lines = new Map<string, Line>();
  const ready: string[] = [];
  const idlers: (() => void)[] = [];
  let busy = 0;
  let dropped = 0;

  function drop(): void {
    dropped += 1;
    if (dropped > 1) return;
    setImmediate(() => {
      const count = dropped;
      dropped = 0;
      options.onDropped(count);
    });
  }

  function lineOf(key: string): Line | undefined {
    const found = lines.get(key);
    if (found !== undefined || lines.size >= options.most) return found;
    const line: Line = { waiting: undefined, busy: false, doubtful: 0, again: false, last: undefined };
    lines.set(key, line);
    return line;
  }

  function enter(key: string, line: Line, item: Item): void {
    line.waiting?.end();
    const queued = line.waiting !== undefined || line.busy;
    line.waiting = item;
    if (!queued) ready.push(key);
    pump();
  }

  function pump(): void {
    while (busy < options.atOnce) {
      const key = ready.shift();
      if (key === undefined) break;
      const line = lines.get(key);
      if (line?.waiting !== undefined) void run(key, line, line.waiting);
    }
    if (busy > 0 || ready.length > 0) return;
    for (const idler of idlers.splice(0)) idler();
  }

  async function run(key: string, line: Line, item: Item): Promise<void> {
    line.waiting = undefined;
    line.busy = true;
    line.last = item.write;
    busy += 1;
    const sent = await item.write();
    busy -= 1;
    line.busy = false;
    if (typeof sent === 'object') {
      line.doubtful += 1;
      void sent.late.then(() => settled(key, line, item.write));
    }
    item.end();
    const again = line.again && line.waiting === undefined;
    line.again = false;
    if (again) line.waiting = { write: item.write, end: nobodyWaits };
    if (line.waiting !== undefined) ready.push(key);
    else tidy(key, line);
    pump();
  }

  function settled(key: string, line: Line, write: Write): void {
    line.doubtful -= 1;
    const { last } = line;
    // It may have landed over what was written after it: that is sent again. What still waits comes after it anyway.
    if (last !== undefined && last !== write && line.waiting === undefined) {
      if (line.busy) line.again = true;
      else enter(key, line, { write: last, end: nobodyWaits });
    }
    tidy(key, line);
  }

  function tidy(key: string, line: Line): void {
    if (!line.busy && line.waiting === undefined && line.doubtful === 0) lines.delete(key);
  }

  return {
    // Outside the caller's async context: a write that never settles must not hold on to a request (hazard 31).
    put: (key, write) =>
      inRootContext(
        () =>
          new Promise<boolean>((resolve) => {
            const line = lineOf(key);
            if (line !== undefined) return enter(key, line, { write, end: () => resolve(true) });
            drop();
            resolve(false);
          }),
      ),
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve);
        pump();
      }),
  };
}

function nobodyWaits(): void {
  // A write that is sent again has no one to tell: who asked for it was answered the first time.
}
