import type { Cache, CacheOptions, ExchangeHost, OpenScope, SessionSource } from '@millpond/core';
import { pond } from '../support/cache.js';

/** What a request of these tests brings. */
export interface Asked {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly query?: object;
  readonly params?: object;
  readonly user?: unknown;
  readonly session?: SessionSource;
  /** Whether it has no logger. */
  readonly mute?: boolean;
}

/** A response as it is written. */
export interface Written {
  status: number;
  readonly headers: Record<string, string>;
  readonly cookies: string[];
  readonly lines: string[];
  sent: boolean;
}

/** A request under way, in a scope that the test ends. */
export interface Visit {
  readonly response: Written;
  readonly scope: OpenScope;
}

/** The host of one request, as an adapter would make it. */
export function hostOf(asked: Asked, response: Written): ExchangeHost {
  const line =
    (level: string) =>
    (data: object, message: string): void =>
      void response.lines.push(`${level} ${message} ${JSON.stringify(data)}`);
  const logger = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  return {
    header: (name) => asked.headers?.[name],
    query: () => asked.query,
    params: () => asked.params,
    user: () => asked.user,
    isSent: () => response.sent,
    getHeader: (name) => response.headers[name],
    setHeader: (name, value) => void (response.headers[name] = value),
    addCookie: (text) => void response.cookies.push(text),
    setStatus: (code) => void (response.status = code),
    logger: () => (asked.mute === true ? undefined : logger),
  };
}

/** A response that nothing was done to yet. */
export function unsent(): Written {
  return { status: 200, headers: {}, cookies: [], lines: [], sent: false };
}

/** Opens the scope of a request of a cache. */
export function begin(cache: Cache, asked: Asked = {}): Visit {
  const response = unsent();
  const scope = cache.openScope({ session: asked.session, exchange: hostOf(asked, response) });
  return { response, scope };
}

/** A cache whose requests the test makes. */
export function site(options: CacheOptions = {}) {
  const made = pond({ logger: { warn: () => undefined }, ...options });

  /** Answers a request, and ends it. */
  async function visit<T>(asked: Asked, handler: () => T): Promise<{ answer: Awaited<T>; response: Written }> {
    const { scope, response } = begin(made.cache, asked);
    try {
      return { answer: await scope.run(handler), response };
    } finally {
      await scope.end();
    }
  }
  return { ...made, ...made.cache.exchange, visit };
}
