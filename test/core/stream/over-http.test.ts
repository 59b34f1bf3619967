import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { millpond } from '@millpond/express';
import plugin from '@millpond/fastify';
import express from 'express';
import fastify from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { runOf, tapped, type Tap } from './support.js';

/** A server that answers with a stream of texts. */
interface Served {
  readonly port: number;
  readonly taps: readonly Tap<string>[];
}

async function onFastify(): Promise<Served> {
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(plugin);
  const { fn, taps } = tapped<string>();
  const texts = app.cacheStream(fn);
  app.get('/', (_request, reply) => reply.type('text/plain').send(Readable.from(texts('k'))));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: (app.server.address() as AddressInfo).port, taps };
}

async function onExpress(): Promise<Served> {
  const pond = millpond();
  const { fn, taps } = tapped<string>();
  const texts = pond.cacheStream(fn);
  const app = express();
  app.get('/', (_request, response) => {
    response.type('text/plain');
    pipeline(Readable.from(texts('k')), response, () => {});
  });
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(async () => {
    server.close();
    await pond.close();
  });
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, taps };
}

/** A client, and what it has received so far. */
async function visit(port: number): Promise<{ readonly answer: IncomingMessage; readonly text: () => string }> {
  const asked = request({ port, host: '127.0.0.1' }).end();
  asked.on('error', () => {});
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: string[] = [];
  answer.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  answer.on('error', () => {});
  return { answer, text: () => chunks.join('') };
}

/** Until something has come about that a socket has to bring. */
async function brought(reached: () => boolean): Promise<void> {
  while (!reached()) await settle();
}

describe.each([
  ['Fastify', onFastify],
  ['Express', onExpress],
])('over %s', (_, serve) => {
  test('a late client gets what has come and follows live; each may leave, and the last stops the run', async () => {
    const { port, taps } = await serve();
    const coming = visit(port);
    await brought(() => taps.length === 1);
    runOf(taps, 1).give('a');
    const first = await coming;
    await brought(() => first.text() === 'a');
    const second = await visit(port);
    await brought(() => second.text() === 'a');
    runOf(taps, 1).give('b');
    await brought(() => first.text() === 'ab' && second.text() === 'ab');

    first.answer.destroy();
    runOf(taps, 1).give('c');
    await brought(() => second.text() === 'abc');
    expect(runOf(taps, 1).signal?.aborted).toBe(false);
    second.answer.destroy();
    await brought(() => runOf(taps, 1).signal?.aborted === true);
    expect(taps).toHaveLength(1);
  });
});
