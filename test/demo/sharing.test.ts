import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, send, stats, statsOf, type Burst, type Reply } from './support/ask.js';
import { buildDemo } from './support/build.js';
import { createPlace, SERVERS, type Demo, type DemoPlace } from './support/demo.js';

let place: DemoPlace;
let demo: Demo;

beforeAll(async () => {
  await buildDemo();
  place = await createPlace();
  demo = await place.start();
});
afterAll(() => place.clean());

const clear = (path: string): Promise<unknown> => send(demo.urls.Express, `/api/${path}`, 'DELETE');

describe('one cache for three servers', () => {
  test('what one server computed is a hit on all, with the same answer', async () => {
    const first = await ask(demo.urls.Fastify, 'by-hour?statistic=median');
    expect(first).toMatchObject({ server: 'Fastify', outcome: 'miss', tier: null });
    for (const server of SERVERS) {
      const next = await ask(demo.urls[server], 'by-hour?statistic=median');
      expect(next).toMatchObject({ server, outcome: 'hit', tier: 'memory' });
      expect(next.answer).toEqual(first.answer);
    }
  });

  test('two spellings of one question are one call', async () => {
    await ask(demo.urls.Nest, 'by-distance?statistic=mean&minDistance=0&origin=');
    expect(await ask(demo.urls.Nest, 'by-distance')).toMatchObject({ outcome: 'hit' });
  });

  test('the outcome is in the Server-Timing header as well', async () => {
    for (const server of SERVERS) {
      const { headers } = await send(demo.urls[server], '/api/delays/by-hour?statistic=median');
      expect(headers.get('server-timing')).toMatch(/^cache;desc="hit";dur=\d+\.\d\d$/u);
    }
  });

  test('the header that the function has set comes with every answer, from whichever server', async () => {
    const path = '/api/delays/by-hour?statistic=count&minDistance=7';
    for (const server of SERVERS) {
      const { headers, body } = await send<Reply>(demo.urls[server], path);
      const { flights, source } = body.answer;
      expect([body.outcome, headers.get('x-counted')]).toEqual([
        server === SERVERS[0] ? 'miss' : 'hit',
        `${flights} flights of ${source}`,
      ]);
    }
  });

  test('a number is written in the language of each who asks, once for all servers', async () => {
    for (const server of SERVERS) {
      for (const [language, expected] of [
        ['de-DE,de;q=0.9', '200.000'],
        ['en-US', '200,000'],
        ['*', '200,000'],
      ] as const) {
        const headers = { 'accept-language': language };
        const response = await fetch(`${demo.urls[server]}/api/delays/by-hour?statistic=median`, { headers });
        expect(await response.json(), `${language} on ${server}`).toMatchObject({ counted: expected });
      }
    }
  });

  test.each(SERVERS)('%s sends twenty requests at once, over all: 1 miss and 19 joins', async (server) => {
    const question = `by-distance/burst?statistic=p90&minDistance=${SERVERS.indexOf(server)}`;
    const { body } = await send<Burst>(demo.urls[server], `/api/delays/${question}`, 'POST');
    expect(body).toMatchObject({
      requests: 20,
      outcomes: { miss: 1, join: 19, hit: 0, stale: 0 },
      servers: { Fastify: 7, Express: 7, Nest: 6 },
    });
    const again = await send<Burst>(demo.urls[server], `/api/delays/${question}`, 'POST');
    expect(again.body.outcomes).toMatchObject({ hit: 20 });
  });

  test('twenty wrong questions at once are one error that tells the cure', async () => {
    const { status, body } = await send(demo.urls.Nest, '/api/delays/by-hour/burst?fromHour=30', 'POST');
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: expect.stringContaining('fromHour') });
  });

  test('the database is one resource: built once, the same for all', async () => {
    await ask(demo.urls.Fastify, 'by-origin?statistic=median');
    await ask(demo.urls.Nest, 'by-origin?statistic=p90');
    expect(await statsOf(demo.urls.Express, 'database')).toMatchObject({ misses: 1, entries: 1 });
    expect((await stats(demo.urls.Nest)).database.state).toBe('open');
  });

  test('each framework keeps its list of airports in its own manner, over the one that is shared', async () => {
    const lists = await Promise.all(SERVERS.map((server) => send(demo.urls[server], '/api/airports')));
    expect(lists.every(({ body }) => JSON.stringify(body) === JSON.stringify(lists[0]?.body))).toBe(true);
    await Promise.all(SERVERS.map((server) => send(demo.urls[server], '/api/airports')));
    for (const name of ['airports, Fastify', 'airports, Express', 'airports, Nest']) {
      expect(await statsOf(demo.urls.Fastify, name)).toMatchObject({ hits: 1, misses: 1, entries: 1 });
    }
    expect(await statsOf(demo.urls.Fastify, 'airports')).toMatchObject({ misses: 1 });
  });

  test('what a visitor has asked is theirs alone, and the same on all servers', async () => {
    const visit = async (cookie: string | undefined, server: (typeof SERVERS)[number]) => {
      const headers = cookie === undefined ? {} : { cookie };
      const response = await fetch(`${demo.urls[server]}/api/delays/by-hour?statistic=mean`, { headers });
      const { visitor } = (await response.json()) as { readonly visitor: { readonly asked: number } };
      return { asked: visitor.asked, cookie: response.headers.get('set-cookie')?.split(';')[0] };
    };
    const [first, other] = [await visit(undefined, 'Fastify'), await visit(undefined, 'Nest')];
    expect(first.cookie).toMatch(/^visitor=/u);
    const asked = [];
    for (const server of SERVERS) asked.push((await visit(first.cookie, server)).asked);
    expect(asked).toEqual([1, 2, 3]);
    expect(await visit(other.cookie, 'Express')).toEqual({ asked: 1, cookie: undefined });
    expect(await visit(undefined, 'Express')).toMatchObject({ asked: 1 });
  });

  test('what is of a request is given back with its response', async () => {
    await ask(demo.urls.Express, 'by-hour');
    await expect.poll(async () => (await stats(demo.urls.Nest)).underWay).toBe(0);
    expect(await statsOf(demo.urls.Nest, 'place, of a request')).toMatchObject({ entries: 0 });
  });

  test('each server names all three', async () => {
    for (const server of SERVERS) {
      const { body } = await send(demo.urls[server], '/api/servers');
      expect(body).toEqual(SERVERS.map((name) => ({ name, url: demo.urls[name] })));
    }
  });
});

describe('clearing', () => {
  const ONE = 'by-hour?statistic=p90';
  const OTHER = 'by-hour?statistic=count';
  const ELSEWHERE = 'by-distance?statistic=count';

  async function outcomes(): Promise<string[]> {
    const replies = [];
    for (const question of [ONE, OTHER, ELSEWHERE]) replies.push(await ask(demo.urls.Nest, question));
    return replies.map(({ outcome }) => outcome);
  }

  test('one call: that one is computed again, and no other', async () => {
    await outcomes();
    expect(await clear('delays/by-hour/call?statistic=p90')).toMatchObject({
      status: 200,
      body: { cleared: 'call', question: 'byHour' },
    });
    expect(await outcomes()).toEqual(['miss', 'hit', 'hit']);
  });

  test('one function: its calls are computed again, and no others', async () => {
    await outcomes();
    expect(await clear('delays/by-hour')).toMatchObject({ status: 200, body: { cleared: 'function' } });
    expect(await outcomes()).toEqual(['miss', 'miss', 'hit']);
  });

  test('everything: all calls are computed again, and the database is released and opened anew', async () => {
    await outcomes();
    expect(await clear('cache')).toMatchObject({ status: 200, body: { cleared: 'everything' } });
    await demo.said(/Database closed and released \(clear\)/u);
    expect(await outcomes()).toEqual(['miss', 'miss', 'miss']);
    expect((await stats(demo.urls.Nest)).database.state).toBe('open');
  });

  test('everything, while questions are being answered: each of them gets its answer', async () => {
    await ask(demo.urls.Fastify, 'by-hour');
    const questions = Array.from({ length: 6 }, (_, index) => `by-distance?statistic=p90&minDistance=${index}`);
    const asked = Promise.all(questions.map((question) => ask(demo.urls.Fastify, question)));
    // Once the counters are read, what was sent before has arrived: the questions wait for the database.
    await stats(demo.urls.Fastify);
    const cleared = clear('cache');
    const answers = await asked;
    await cleared;
    expect(answers.map(({ answer }) => answer.flights)).toEqual(questions.map(() => 200_000));
  });
});
