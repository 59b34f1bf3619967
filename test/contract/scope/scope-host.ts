import type { Cache, CacheOptions, SessionIdentity } from '@millpond/core';

/** The session of a request, as each plugin spells it. */
export interface SessionHandle {
  set(name: string, value: string): void;
  get(name: string): unknown;
  destroy(): Promise<void>;
  regenerate(): Promise<void>;
}

/** What a route of the contract sees of its request. */
export interface Visit {
  /** Throws where there is no session plugin. */
  readonly session: SessionHandle;
  /** The header x-user. */
  readonly user: string | undefined;
  /** Stands for the request: what must not be kept from collection. */
  readonly request: object;
  /** The parsed body. */
  readonly body: unknown;
}

/** Whose sessions they are: those of the host's plugin, of nobody, or whoever the headers x-user and x-principal name. */
export type SessionKind = 'plugin' | 'none' | 'header';

/** An app that is to be started. */
export interface ScopePlan {
  readonly sessions: SessionKind;
  readonly cacheOptions?: CacheOptions;
  /** Made elsewhere: the app does not close it. */
  readonly cache?: Cache;
  /** What requests wait for before their scope is opened; `closed` resolves when the response is. */
  readonly before?: (closed: Promise<void>) => Promise<void>;
  /** Adds the routes: what a handler returns is sent as JSON, and GET and POST are answered alike. */
  readonly routes: (cache: Cache, route: (path: string, handler: (visit: Visit) => unknown) => void) => void;
}

/** An app that listens. */
export interface ScopeApp {
  readonly port: number;
  readonly cache: Cache;
  /** What handlers failed with. */
  readonly errors: readonly unknown[];
  readonly close: () => Promise<void>;
}

/** A framework, with one of its session plugins. */
export interface ScopeHost {
  readonly name: string;
  readonly start: (plan: ScopePlan) => Promise<ScopeApp>;
}

/** Whose session the headers say that it is: x-user is its id, and x-principal, if it is sent, whose it is now. */
export function sessionIn(headers: Readonly<Record<string, unknown>>): SessionIdentity | undefined {
  const [id, principal] = [userOf(headers), headers['x-principal']];
  return id === undefined || typeof principal !== 'string' ? id : { id, principal };
}

/** The header that names a user. */
export function userOf(headers: Readonly<Record<string, unknown>>): string | undefined {
  const user = headers['x-user'];
  return typeof user === 'string' ? user : undefined;
}
