import type { Cache, CacheOptions } from '@millpond/core';
import type { RouteHandler, RouteOptions } from '@millpond/core/http';

/** Earlier middleware: sees the framework's request, and may set headers of the response. */
export type Before = (request: Record<string, unknown>, setHeader: (name: string, value: string) => void) => void;

/** What a test asks of an app before it listens; each framework spells it in its own way. */
export interface RouteApp {
  readonly cache: Cache;
  /** A cached route for GET (and HEAD). */
  get(path: string, options: RouteOptions, handler: RouteHandler): void;
  /** One cached route for several methods. */
  all(path: string, options: RouteOptions, handler: RouteHandler): void;
  /** A cached route in a router of its own, mounted under a prefix. */
  mounted(prefix: string, path: string, options: RouteOptions, handler: RouteHandler): void;
  /** An ordinary, uncached POST route. */
  post(path: string, answer: () => unknown): void;
}

/** What an app is made of. */
export interface RoutePlan {
  readonly cacheOptions?: CacheOptions;
  readonly before?: Before;
  /** Runs the rest of a request, as middleware with an AsyncLocalStorage does. */
  readonly around?: (next: () => void) => void;
  /** Whether the app believes X-Forwarded-*. */
  readonly trustProxy?: boolean;
  readonly routes: (app: RouteApp) => void;
}

/** An app that listens on a free loopback port. */
export interface RunningRoutes {
  readonly port: number;
  readonly cache: Cache;
  /** What the app's own error handler was given; it answers 500 with the error's message. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

/** A framework, with the adapter for it. */
export interface RouteHost {
  readonly name: string;
  start(plan: RoutePlan): Promise<RunningRoutes>;
}
