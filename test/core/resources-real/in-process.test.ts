import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Libsql, { type Database } from 'libsql';
import { Pool as UndiciPool } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { freePort } from '../../support/redis.js';
import { until } from './until.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millpond-resources-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('an embedded SQLite: one for each file, evicted by maxEntries, closed when nobody leases it', async () => {
  const cache = createCache();
  const getDatabase = cache.cacheResource(
    async (name: string): Promise<Database> => {
      const database = new Libsql(join(folder, `${name}.db`));
      database.exec('create table if not exists seen (id integer)');
      return database;
    },
    { maxEntries: 1, releaseAfter: 0, onRelease: (database) => database.close() },
  );
  const count = (database: Database): unknown => database.prepare('select count(*) as count from seen').get();
  const lease = await getDatabase.lease('one');
  lease.resource.exec('insert into seen values (1)');
  const two = await getDatabase('two');
  expect(two).not.toBe(lease.resource);
  // It has left its place, and works on for the one who holds it.
  expect(getDatabase.peek('one')).toBeUndefined();
  expect(count(lease.resource)).toMatchObject({ count: 1 });
  await lease[Symbol.asyncDispose]();
  await until(() => !lease.resource.open);
  expect(count(await getDatabase('one'))).toMatchObject({ count: 1 });
  expect(await cache.close()).toEqual({ failures: [] });
});

test('an undici pool: shared by requests, and closed after what is under way has its answer', async () => {
  const server = createServer((_request, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const cache = createCache();
  const getPool = cache.cacheResource(async (origin: string) => new UndiciPool(origin, { connections: 2 }), {
    validate: (pool) => !pool.destroyed,
    onRelease: (pool) => (pool.destroyed ? undefined : pool.close()),
    releaseAfter: 0,
  });
  const get = async (): Promise<string> => {
    const { body } = await (await getPool(origin)).request({ path: '/', method: 'GET' });
    return body.text();
  };
  expect(await Promise.all(Array.from({ length: 10 }, get))).toEqual(Array.from({ length: 10 }, () => 'hello'));
  const first = await getPool(origin);
  // Somebody who shares it destroys it: the next call finds out.
  await first.destroy();
  expect(await get()).toBe('hello');
  const second = await getPool(origin);
  expect([getPool.stats().runs, second === first]).toEqual([2, false]);
  const underWay = get();
  // The request is sent before the pool is told to close.
  await Promise.resolve();
  const closing = cache.close();
  expect(await underWay).toBe('hello');
  expect(await closing).toEqual({ failures: [] });
  expect(second.closed).toBe(true);
  server.close();
});

/** A thread that answers each number with its double. */
const DOUBLER = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (number) => {
    if (number === 'crash') throw new Error('told to');
    parentPort.postMessage(number * 2);
  });
`;

test('a worker thread: asked by several, found out when it has died, ended with the cache', async () => {
  const cache = createCache({ logger: { warn: () => {} } });
  const exited: number[] = [];
  const getWorker = cache.cacheResource(
    async () => {
      const worker = new Worker(DOUBLER, { eval: true });
      const state = { worker, alive: true };
      worker.once('error', () => (state.alive = false));
      worker.once('exit', () => exited.push(worker.threadId));
      await once(worker, 'online');
      return state;
    },
    { validate: ({ alive }) => alive, onRelease: ({ worker }) => worker.terminate() },
  );
  const double = async (number: number): Promise<unknown> => {
    const { worker } = await getWorker();
    worker.postMessage(number);
    const [answer]: unknown[] = await once(worker, 'message');
    return answer;
  };
  const [one, two] = await Promise.all([getWorker(), getWorker()]);
  expect(one).toBe(two);
  expect(await double(21)).toBe(42);
  one.worker.postMessage('crash');
  await until(() => !one.alive);
  expect(await double(4)).toBe(8);
  expect(getWorker.stats().runs).toBe(2);
  expect(await cache.close()).toEqual({ failures: [] });
  expect(exited).toHaveLength(2);
});

test('a file handle: without onRelease it is disposed of by its own symbol, after what was built on it', async () => {
  const cache = createCache();
  const path = join(folder, 'journal.txt');
  const getFile = cache.cacheResource(async (path: string): Promise<FileHandle> => open(path, 'a'));
  const getJournal = cache.cacheResource(
    async (path: string) => {
      const file = await getFile(path);
      const lines: string[] = [];
      return { file, add: (line: string) => lines.push(`${line}\n`), flush: () => file.write(lines.join('')) };
    },
    { onRelease: (journal) => journal.flush() },
  );
  const file = await getFile(path);
  (await getJournal(path)).add('first');
  (await getJournal(path)).add('second');
  expect(await cache.close()).toEqual({ failures: [] });
  expect(await readFile(path, 'utf8')).toBe('first\nsecond\n');
  expect(file.fd).toBe(-1);
});

test('hazard 43: a port, of which there is only one, is listened on by the next only when the last has let go', async () => {
  const cache = createCache();
  const getServer = cache.cacheResource(
    async (port: number): Promise<Server> => {
      const server = createTcpServer();
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return server;
    },
    {
      rebuild: 'release-first',
      onRelease: (server) => new Promise((resolve) => server.close(resolve)),
    },
  );
  const port = await freePort();
  const first = await getServer(port);
  const second = await getServer.refresh(port);
  expect([first.listening, second.listening]).toEqual([false, true]);
  await getServer.delete(port);
  expect((await getServer(port)).listening).toBe(true);
  expect(await cache.close()).toEqual({ failures: [] });
});
