import type { Cache, CacheOptions, Exchange, RequestLogger, SessionIdentity } from '@millpond/core';
import type { RouteHandler, RouteOptions } from '@millpond/core/http';

/** The part of a framework's request that the plans of these tests look at. */
export interface AnyRequest {
  readonly headers: Readonly<Record<string, unknown>>;
}

/** What the tests give as `scopes`; undefined: they are not turned on. */
export interface ExchangeScopes {
  readonly session?: (request: AnyRequest) => SessionIdentity | undefined;
  readonly user?: (request: AnyRequest) => unknown;
  readonly logger?: (request: AnyRequest) => RequestLogger | undefined;
}

/** What a test adds to an app. */
export interface ExchangeRoutes {
  readonly cache: Cache;
  readonly exchange: Exchange;
  /** Answers with what a handler returns, as JSON. The handler gets what stands for the request and for the response. */
  readonly get: (
    path: string,
    handler: (parts: { readonly request: object; readonly response: object }) => unknown,
  ) => void;
  /** Answers, and then calls what is given. */
  readonly afterwards: (path: string, act: () => Promise<unknown>) => void;
  /** A cached route. */
  readonly cached: (path: string, options: RouteOptions, handler: RouteHandler) => void;
}

/** An app that is to be started. */
export interface ExchangePlan {
  readonly cacheOptions?: CacheOptions;
  /** Made elsewhere: the app does not close it. */
  readonly cache?: Cache;
  readonly scopes: ExchangeScopes | undefined;
  /** Earlier middleware, which may leave something on the request, and set headers of the response. */
  readonly before?: (request: object, setHeader: (name: string, value: string) => void) => void;
  readonly routes: (app: ExchangeRoutes) => void;
}

/** An app that listens. */
export interface ExchangeApp {
  readonly port: number;
  readonly cache: Cache;
  /** What handlers failed with. */
  readonly errors: readonly unknown[];
  readonly close: () => Promise<void>;
}

/** A framework, with the adapter for it. */
export interface ExchangeHosting {
  readonly name: string;
  readonly start: (plan: ExchangePlan) => Promise<ExchangeApp>;
}
