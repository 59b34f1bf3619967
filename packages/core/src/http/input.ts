import type { Serialize } from './answer.js';
import type { Caller } from './credentials.js';

/** A request to a cached route as plain data, as an adapter takes it from its framework. */
export interface RouteInput {
  readonly method: string;
  /** `http` or `https`, as the app sees it: by its own rule for which proxies to trust. */
  readonly scheme: string;
  /** The host, with its port, as the app sees it: by its own rule for which proxies to trust. */
  readonly host: string;
  /** The request target as the client sent it: with the mount path, before any rewriting, undecoded. */
  readonly url: string;
  readonly params: unknown;
  /** The query as the framework has parsed it. */
  readonly query: unknown;
  /** Names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  /** How this route turns values into JSON, when it has a way of its own. Default: `JSON.stringify`. */
  readonly serialize?: Serialize | undefined;
}
