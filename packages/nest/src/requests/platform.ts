import type { ServerResponse } from 'node:http';
import type { HttpAdapterHost } from '@nestjs/core';

/** The platform below Nest. */
export type Adapter = HttpAdapterHost['httpAdapter'];

/** A request of Fastify. */
export interface FastifyRequest {
  /** As Node has it. */
  readonly raw: object;
}

/** What Fastify answers with, as far as it is used here. */
export interface FastifyReply {
  readonly raw: ServerResponse;
  readonly sent: boolean;
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  code(status: number): unknown;
}

/** What Fastify tells of a request; each step goes on with `done`. */
export interface FastifyLike {
  readonly use?: unknown;
  addHook(
    hook: 'onRequest' | 'preValidation',
    run: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void,
  ): unknown;
}

/** Hears of a request before what Nest does with it, and lets it go on. */
export type Middleware = (raw: object, response: ServerResponse, next: () => void) => void;

/** An app without a server has no adapter, whatever the type of Nest's host says. */
export function hasServer(adapter: Adapter | null | undefined): adapter is Adapter {
  return typeof adapter === 'object' && adapter !== null;
}

/** Fastify, where it is the platform. */
export function fastifyOf(adapter: Adapter): FastifyLike | undefined {
  return adapter.getType() === 'fastify' ? adapter.getInstance<FastifyLike>() : undefined;
}

/**
 * Puts a function in front of the middleware, guards and handlers of an app's modules, and behind the middleware of its
 * `main.ts`; to be called while modules configure their middleware.
 */
export function useFirst(adapter: Adapter, middleware: Middleware): void {
  const fastify = fastifyOf(adapter);
  // An app may do without middleware on Fastify (`skipMiddie`).
  if (fastify === undefined || typeof fastify.use === 'function') adapter.use(middleware);
}
