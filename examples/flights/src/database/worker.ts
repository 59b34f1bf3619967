// The thread that owns the database: libsql answers synchronously, and no server should wait for that.
import { rmSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import Libsql, { type Database } from 'libsql';
import { loadFlights } from './load.js';
import type { Reply, Request, Row, WorkerSettings } from './messages.js';

/** How long a second process waits for the first one to finish loading, in milliseconds. */
const BUSY_TIMEOUT = 30_000;

/** The one place where the untyped data of the thread gets its type: `database.ts` is its only writer. */
function startedWith(): { readonly port: MessagePort; readonly settings: WorkerSettings } {
  if (parentPort === null) throw new Error('worker.ts runs as a worker thread: use openDatabase().');
  return { port: parentPort, settings: workerData as WorkerSettings };
}

function open(file: string): Database {
  const database = new Libsql(file, { timeout: BUSY_TIMEOUT });
  database.pragma('journal_mode = wal');
  return database;
}

/** The file holds nothing but a copy of the data set, so one that cannot be read is made anew. */
function openOrReplace(file: string): Database {
  try {
    return open(file);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    for (const path of [file, `${file}-wal`, `${file}-shm`]) rmSync(path, { force: true });
    return open(file);
  }
}

function isDamaged(error: unknown): boolean {
  return error instanceof Error && /not a database|malformed/iu.test(error.message);
}

function answer(database: Database, { id, sql, parameters }: Request & { readonly type: 'ask' }): Reply {
  try {
    return { type: 'rows', id, rows: database.prepare(sql).all(parameters) as Row[] };
  } catch (error) {
    return { type: 'failed', id, message: error instanceof Error ? error.message : String(error) };
  }
}

async function run(): Promise<void> {
  const { port, settings } = startedWith();
  const database = openOrReplace(settings.file);
  const tell = (reply: Reply): void => port.postMessage(reply);
  let closing = false;
  let loaded = false;

  const close = (): void => {
    database.close();
    port.close();
  };
  port.on('message', (request: Request) => {
    if (request.type === 'ask') return tell(answer(database, request));
    closing = true;
    if (loaded) close();
  });

  loaded = await loadFlights(database, {
    edition: settings.edition,
    onProgress: (done, total) => tell({ type: 'progress', loaded: done, total }),
    pause: async () => {
      await nextTurn();
      return closing;
    },
  });
  if (closing) close();
  else tell({ type: 'ready' });
}

await run();
