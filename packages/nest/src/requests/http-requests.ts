import { AsyncLocalStorage } from 'node:async_hooks';
import { whenClosed, type Closing } from '@millpond/core';
import { isObject } from '../resources/dispose.js';
import { Life } from './life.js';
import { fastifyOf, hasServer, useFirst, type Adapter } from './platform.js';

/** By the request that Node has made, whatever the platform has put around it. */
const requests = new WeakMap<object, Life>();

/** The request in which code runs. */
const current = new AsyncLocalStorage<Life>();

/**
 * Notes each request of an app, with its end: when its response is closed, be that because all of it was sent, or because
 * the client has left. To be called while modules configure their middleware.
 */
export function watchRequests(adapter: Adapter | null | undefined): void {
  if (!hasServer(adapter)) return;
  const server: unknown = adapter.getHttpServer();
  // Before the platform sees it, and for whatever this request does from here on.
  if (isServer(server)) server.prependListener('request', (raw, response) => current.enterWith(noted(raw, response)));
  // What is injected into Fastify (`app.inject()`), or comes by another of its servers, the listener does not hear of; nor
  // does it of an Express app that is behind a server of its own.
  const inside = (raw: object, response: Closing, next: () => void): void => current.run(noted(raw, response), next);
  const fastify = fastifyOf(adapter);
  if (fastify === undefined) useFirst(adapter, inside);
  else fastify.addHook('onRequest', ({ raw }, reply, done) => inside(raw, reply.raw, done));
}

/** The request that Node has made, with its end. */
export function noted(raw: object, response: Closing): Life {
  let life = requests.get(raw);
  if (life === undefined) {
    const made = new Life();
    requests.set(raw, (life = made));
    whenClosed(response, () => void made.end('close'));
  }
  return life;
}

/**
 * The HTTP request of what Nest gives under its token `REQUEST` (a request of the platform, or the context of a GraphQL
 * operation), or else the one in which this runs; undefined outside any.
 */
export function requestOf(given: unknown): Life | undefined {
  const request = property(given, 'req');
  for (const candidate of [given, property(given, 'raw'), request, property(request, 'raw')]) {
    if (!isObject(candidate)) continue;
    const life = requests.get(candidate) ?? byItsResponse(candidate);
    if (life !== undefined) return life;
  }
  return current.getStore();
}

/** Of an Express app behind a server that its Nest does not know, such as the second of two: the request has its response. */
function byItsResponse(request: object): Life | undefined {
  const response = property(request, 'res');
  return isResponseOf(request, response) ? noted(request, response) : undefined;
}

function isResponseOf(request: object, value: unknown): value is Closing {
  return property(value, 'req') === request && typeof property(value, 'once') === 'function';
}

interface ServerLike {
  prependListener(event: 'request', listener: (raw: object, response: Closing) => void): unknown;
}

function isServer(value: unknown): value is ServerLike {
  return typeof property(value, 'prependListener') === 'function';
}

function property(of: unknown, name: string): unknown {
  return isObject(of) ? Reflect.get(of, name) : undefined;
}
