import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Reply, Request, Row, Statement, WorkerSettings } from './messages.js';

/** A database in a thread of its own. */
export interface FlightDatabase {
  /** Whether its thread lives; a dead one answers nothing more. */
  readonly alive: boolean;
  /** Runs one statement; statements run one after the other, in the order of the calls. */
  all(statement: Statement): Promise<readonly Row[]>;
  /**
   * Closes the file and ends the thread. `'now'` lets the running statement end and refuses those that wait;
   * `'when-idle'` answers everybody who still asks first.
   */
  close(how: 'now' | 'when-idle'): Promise<void>;
}

/** What `openDatabase` needs and tells. */
export interface OpenOptions extends WorkerSettings {
  readonly onProgress: (loaded: number, total: number) => void;
  /** Closes the database at once, also while it is being opened. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly statement: Statement;
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: Error) => void;
}

/** Opens the database and, the first time, loads the flights into it. */
export async function openDatabase(options: OpenOptions): Promise<FlightDatabase> {
  options.signal.throwIfAborted();
  const thread = new DatabaseThread(options);
  options.signal.addEventListener('abort', () => void thread.close('now'), { once: true });
  await thread.ready;
  return thread;
}

class DatabaseThread implements FlightDatabase {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #queue: Waiting[] = [];
  #running: Waiting | undefined;
  #state: 'alive' | 'closing' | 'ended' = 'alive';
  #failure: unknown;
  #newest: Promise<unknown> | undefined;
  #count = 0;

  constructor({ file, edition, onProgress }: OpenOptions) {
    mkdirSync(dirname(file), { recursive: true });
    const settings: WorkerSettings = { file, edition };
    this.#worker = new Worker(new URL('worker.js', import.meta.url), { workerData: settings });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (reply: Reply) => {
        if (reply.type === 'progress') onProgress(reply.loaded, reply.total);
        else if (reply.type === 'ready') resolve();
        else this.#settle(reply);
      });
      this.#worker.once('error', (error) => {
        this.#failure = error;
        reject(error);
      });
      this.#worker.once('exit', () => reject(new Error('The database was closed before it was open.')));
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#state = 'ended';
        this.#refuse(new Error('The thread of the database ended.', { cause: this.#failure }));
        resolve();
      });
    });
  }

  get alive(): boolean {
    return this.#state === 'alive';
  }

  all(statement: Statement): Promise<readonly Row[]> {
    const rows = new Promise<readonly Row[]>((resolve, reject) => {
      if (!this.alive) return reject(new Error('The database is closed.'));
      this.#queue.push({ statement, resolve, reject });
      this.#next();
    });
    this.#newest = rows;
    return rows;
  }

  async close(how: 'now' | 'when-idle'): Promise<void> {
    if (how === 'when-idle') await this.#idle();
    if (this.#state === 'alive') {
      this.#state = 'closing';
      for (const waiting of this.#queue.splice(0)) waiting.reject(new Error('The database is closing.'));
      this.#send({ type: 'close' });
    }
    // Never by `terminate()`: native code that is stopped in the middle of a statement aborts the whole process.
    await this.#ended;
  }

  /** Resolves when nobody has asked anything for a turn of the event loop: who got the database just now may ask. */
  async #idle(): Promise<void> {
    let seen: Promise<unknown> | undefined;
    do {
      seen = this.#newest;
      await Promise.allSettled([seen]);
      await nextTurn();
    } while (seen !== this.#newest);
  }

  /** One statement at a time in the thread: what waits here can still be refused when the database closes. */
  #next(): void {
    if (this.#running !== undefined) return;
    this.#running = this.#queue.shift();
    if (this.#running !== undefined) this.#send({ type: 'ask', id: ++this.#count, ...this.#running.statement });
  }

  #settle(reply: Extract<Reply, { readonly id: number }>): void {
    const settled = this.#running;
    this.#running = undefined;
    if (reply.type === 'rows') settled?.resolve(reply.rows);
    else settled?.reject(new Error(`The database refused a statement: ${reply.message}`));
    this.#next();
  }

  #refuse(why: Error): void {
    const waiting = [...(this.#running === undefined ? [] : [this.#running]), ...this.#queue.splice(0)];
    this.#running = undefined;
    for (const { reject } of waiting) reject(why);
  }

  #send(request: Request): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, a window has
    this.#worker.postMessage(request);
  }
}
