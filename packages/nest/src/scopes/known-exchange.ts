import type { ServerResponse } from 'node:http';
import {
  nodeResponse,
  replyResponse,
  type ExchangedRequest,
  type ExchangedResponse,
  type SessionRequest,
} from '@millpond/core';
import type { FastifyReply } from '../requests/platform.js';
import type { HttpRequest } from './scope-options.interface.js';

/** A request and its response as the platform has them. */
export interface PlatformExchange {
  /** That of Express, or of Fastify; in middleware on Fastify that of Node. */
  readonly request: object;
  /** Of Fastify, behind middleware. */
  readonly reply?: FastifyReply | undefined;
}

/** A request as far as it is known: on Fastify, middleware has that of Node, and what comes behind it Fastify's own. */
export class KnownExchange implements SessionRequest, ExchangedRequest {
  readonly #raw: ServerResponse;
  platform: PlatformExchange;

  constructor(response: ServerResponse, platform: PlatformExchange) {
    this.#raw = response;
    this.platform = platform;
  }

  get request(): HttpRequest {
    return this.platform.request as HttpRequest;
  }

  get headers(): HttpRequest['headers'] {
    return this.request.headers;
  }

  get session(): unknown {
    return this.#property('session');
  }

  get sessionID(): unknown {
    return this.#property('sessionID');
  }

  get query(): unknown {
    return this.#property('query');
  }

  get params(): unknown {
    return this.#property('params');
  }

  get user(): unknown {
    return this.#property('user');
  }

  /** Headers and status of the response: Fastify keeps them with its reply until they are sent. */
  get response(): ExchangedResponse {
    const node = nodeResponse(this.#raw);
    const known = (): ExchangedResponse => {
      const { reply } = this.platform;
      return reply === undefined ? node : replyResponse(reply);
    };
    return {
      isSent: () => known().isSent(),
      getHeader: (name) => known().getHeader(name),
      setHeader: (name, value) => known().setHeader(name, value),
      addCookie: (text) => known().addCookie(text),
      setStatus: (code) => known().setStatus(code),
    };
  }

  #property(name: string): unknown {
    return Reflect.get(this.platform.request, name);
  }
}
