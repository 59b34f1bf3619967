import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, stats, statsOf } from './support/ask.js';
import { buildDemo } from './support/build.js';
import { createPlace, runToEnd, SERVERS, type DemoPlace } from './support/demo.js';

const CLEAN_END = { code: 0, signal: null };
const QUESTION = 'by-distance?statistic=median&fromHour=6';

let place: DemoPlace;

beforeAll(buildDemo);
beforeEach(async () => {
  place = await createPlace();
});
afterEach(() => place.clean());

describe('the start', () => {
  const occupied: Server[] = [];

  async function occupy(): Promise<number> {
    const server = createServer();
    occupied.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
    return address.port;
  }

  afterEach(() => {
    for (const server of occupied.splice(0)) server.close();
  });

  test('where its ports are taken it takes the next free ones, and says so', async () => {
    const ports = [await occupy(), await occupy(), await occupy()];
    const demo = await place.start(ports.join(','));
    for (const [index, server] of SERVERS.entries()) {
      const wished = ports[index] ?? 0;
      const line = demo
        .output()
        .split('\n')
        .find((text) => text.includes(server));
      expect(line).toMatch(new RegExp(`\\(ports? ${wished} .*taken: the next free one\\)`, 'u'));
      expect(Number(new URL(demo.urls[server]).port)).toBeGreaterThan(wished);
      expect(await ask(demo.urls[server], 'by-origin')).toMatchObject({ server });
    }
    expect(demo.output()).not.toMatch(/error|EADDRINUSE/iu);
  });

  test('it says the three addresses, three things to try, and how the loading goes', async () => {
    const demo = await place.start();
    await demo.said(/Database open/u);
    expect(demo.output()).toMatch(/ 1\. .*\n +2\. .*\n +3\. /u);
    expect(demo.output()).toMatch(/Loading flights: \d+ %, [\d,]+ of 223,376 rows/u);
    expect(demo.output()).toMatch(/Loading flights: 100 %, 223,376 of 223,376 rows/u);
    expect(demo.output()).not.toMatch(/taken|warning|error/iu);
  });

  test.each([['80'], ['1,2'], ['1,2,3,4'], ['1,2,x'], ['1,2,65536']])('refuses --ports %s', async (ports) => {
    const { code, output } = await runToEnd('--ports', ports);
    expect(code).toBe(2);
    expect(output).toContain(`--ports takes three ports from 0 to 65535, such as 4300,4310,4320, not '${ports}'.`);
    expect(output).toContain('Usage: npm start');
  });

  test('refuses an option that it does not have, and tells those that it has', async () => {
    const { code, output } = await runToEnd('--port', '80');
    expect(code).toBe(2);
    expect(output).toContain('--port');
    expect(output).toContain('Usage: npm start');
  });

  test('a damaged database is made anew', async () => {
    await mkdir(join(place.folder, '.millpond'));
    await writeFile(join(place.folder, '.millpond', 'flights.db'), 'no database '.repeat(1_000));
    const demo = await place.start();
    expect((await ask(demo.urls.Nest, QUESTION)).outcome).toBe('miss');
  });
});

describe('the end', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s releases the database and ends with 0', async (signal) => {
    const demo = await place.start();
    // A connection that stays open: fetch keeps it alive.
    await ask(demo.urls.Express, QUESTION);
    expect(await demo.end(signal)).toEqual(CLEAN_END);
    expect(demo.output().match(/Database closed and released \(close\)\./gu)).toHaveLength(1);
    expect(demo.output()).not.toMatch(/error/iu);
  });

  test('while the flights are loaded, it gives up, and the next start loads them all', async () => {
    const demo = await place.start();
    await demo.said(/Loading flights/u);
    expect(await demo.end('SIGINT')).toEqual(CLEAN_END);
    expect(demo.output()).toContain('The database was not opened.');
    const next = await place.start();
    expect((await ask(next.urls.Fastify, 'by-hour?statistic=count')).answer.flights).toBe(200_000);
  });

  test('while questions are being answered, it does not wait for those that wait', async () => {
    const demo = await place.start();
    await demo.said(/Database open/u);
    const questions = Array.from({ length: 12 }, (_, index) => `by-distance?statistic=p90&minDistance=${index}`);
    const asked = Promise.allSettled(questions.map((question) => ask(demo.urls.Nest, question)));
    // One is answered, so that the others wait for the database, one after the other.
    while ((await statsOf(demo.urls.Express, 'byDistance')).entries === 0);
    expect(await demo.end('SIGINT')).toEqual(CLEAN_END);
    await asked;
    expect(demo.output()).toContain('Database closed and released (close).');
    expect(demo.output()).not.toMatch(/error/iu);
  });
});

describe('a restart', () => {
  test('answers what was asked before from the disk, and leaves the database closed', async () => {
    const first = await place.start();
    const computed = await ask(first.urls.Fastify, QUESTION);
    expect(computed.outcome).toBe('miss');
    expect(await first.end('SIGINT')).toEqual(CLEAN_END);

    const second = await place.start();
    const kept = await ask(second.urls.Nest, QUESTION);
    expect(kept).toMatchObject({ server: 'Nest', outcome: 'hit', tier: 'store' });
    expect(kept.answer).toEqual(computed.answer);
    expect(await ask(second.urls.Express, QUESTION)).toMatchObject({ outcome: 'hit', tier: 'memory' });
    expect((await stats(second.urls.Nest)).database.state).toBe('closed');
    expect(await second.end('SIGINT')).toEqual(CLEAN_END);
    expect(second.output()).not.toMatch(/Database open\.|Loading/u);
  });

  test('remembers what was cleared', async () => {
    const first = await place.start();
    await ask(first.urls.Fastify, QUESTION);
    await fetch(`${first.urls.Fastify}/api/delays/${QUESTION.replace('?', '/call?')}`, { method: 'DELETE' });
    await first.end('SIGINT');
    const second = await place.start();
    expect((await ask(second.urls.Express, QUESTION)).outcome).toBe('miss');
  });

  test('does not load the flights again', async () => {
    const first = await place.start();
    await first.said(/Database open/u);
    await first.end('SIGTERM');
    const second = await place.start();
    expect((await ask(second.urls.Express, QUESTION)).outcome).toBe('miss');
    expect(second.output()).toContain('Database open.');
    expect(second.output()).not.toContain('Loading');
  });
});
