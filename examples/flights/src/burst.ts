import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AskReply, BurstReply, Outcome, ServerLink } from './wire.js';

/**
 * Asks one path many times at once, in turn on each server, as many browsers would. The connections are opened first,
 * so that all requests leave together: a browser would send no more than six at a time to one server.
 */
export async function askAtOnce(servers: readonly ServerLink[], path: string, times: number): Promise<BurstReply> {
  const urls = Array.from({ length: times }, (_, index) => urlOf(servers, index, path));
  const sockets = await Promise.all(urls.map(open));
  await nextTurn();
  const started = performance.now();
  const replies = await Promise.all(urls.map((url, index) => get(url, sockets[index])));
  const outcomes: Record<Outcome, number> = { hit: 0, miss: 0, join: 0, stale: 0 };
  const spread: Record<string, number> = {};
  for (const { outcome, server } of replies) {
    outcomes[outcome] += 1;
    spread[server] = (spread[server] ?? 0) + 1;
  }
  return { requests: times, outcomes, servers: spread, took: performance.now() - started };
}

function urlOf(servers: readonly ServerLink[], index: number, path: string): URL {
  const server = servers[index % servers.length];
  if (server === undefined) throw new Error('No server is running.');
  return new URL(path, server.url);
}

async function open({ hostname, port }: URL): Promise<Socket> {
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

async function get(url: URL, socket: Socket | undefined): Promise<AskReply> {
  const sent = request(url, socket === undefined ? {} : { createConnection: () => socket, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [Parameters<typeof json>[0] & { readonly statusCode?: number }];
  const body = await json(response);
  if (response.statusCode !== 200) throw new Error(`${url.host} answered ${response.statusCode}.`);
  return body as AskReply;
}
