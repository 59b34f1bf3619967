import type { Clock } from '../clock.js';
import { inRootContext } from '../context.js';
import { invalidOption, noExchange, noScope, scopeInRoute, unknownOption, wrongScope } from '../errors/index.js';
import type { ExchangeHost } from '../exchange/exchange-host.js';
import { isScopedBy, scopeOf, scopeText } from '../key/index.js';
import type { Holdings } from '../resource/holdings.js';
import type { Recorder } from '../run/inherited.js';
import { currentRecorder } from '../run/run-context.js';
import { ambientExchange, ambientScope, runInside } from './ambient.js';
import { RequestScope, type RequestHost, type ScopeKind } from './request-scope.js';
import { Scope } from './scope.js';
import { readIdentity, type SessionSource } from './session-identity.js';
import { Sessions } from './sessions.js';

/** Whose calls those inside a scope are. */
export interface ScopeOptions {
  /** Whose session it is. Without it, session-scoped functions are refused. */
  readonly session?: SessionSource | undefined;
  /** The request that it is of, and its response, as an adapter tells of them: what `cache.exchange` reads and sets. */
  readonly exchange?: ExchangeHost | undefined;
}

/** An open scope, which its opener ends: that of a request, or of any other unit of work. */
export interface OpenScope extends AsyncDisposable {
  /** Runs a function, and all that it sets off, inside the scope. */
  readonly run: <R>(fn: () => R) => R;
  /**
   * Drops what was made for this request and releases its resources, the last made first; what is called in it afterwards
   * rejects. Resolves when that is over, after `closeTimeout` at the latest. Its session goes on. Never rejects.
   */
  readonly end: () => Promise<void>;
}

/** What the scopes of a cache are made of; times in milliseconds. */
export interface ScopesOptions {
  readonly clock: Clock;
  readonly holdings: Holdings;
  readonly maxSessions: number;
  readonly sessionIdle: number;
}

/** By hand, since it is asked for every request. */
function checkScopeOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw invalidOption(WHERE, 'options', options, 'an object');
  for (const option in options) {
    if (option !== 'session' && option !== 'exchange') throw unknownOption(WHERE, option, ['session', 'exchange']);
  }
}

/** A scope that keys of this process name, and the request that it is of; none for a session. */
interface Live {
  readonly scope: Scope;
  readonly request: RequestScope | undefined;
}

const WHERE = 'runInScope';

/** Requests are numbered over all caches of the process. */
let requests = 0;

/** Whether any cache of the process has had the scope of a request that can be read. */
let someExchanges = false;

/** Whether runs of any cache may come to read requests: the functions of one cache call those of others. */
export function someHaveExchanges(): boolean {
  return someExchanges;
}

/** The sessions and requests of one cache, as far as something was made in them. */
export class Scopes implements RequestHost {
  readonly #live = new Map<string, Live>();
  readonly #sessions: Sessions;
  readonly #holdings: Holdings;
  /** Whether any scope of this cache was that of a request that can be read. */
  #haveExchanges = false;

  constructor({ clock, holdings, maxSessions, sessionIdle }: ScopesOptions) {
    this.#holdings = holdings;
    this.#sessions = new Sessions({
      clock,
      maxSessions,
      sessionIdle,
      open: (prefix) => this.#open(prefix, undefined),
      end: (scope, everywhere) => this.end(scope, everywhere),
    });
  }

  /**
   * Opens the scope of a request.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`
   */
  openScope(options: ScopeOptions): OpenScope {
    checkScopeOptions(options);
    const { session, exchange } = options;
    if (typeof session !== 'function') readIdentity(session);
    if (exchange !== undefined) this.#haveExchanges = someExchanges = true;
    const request = new RequestScope(this, session, exchange);
    const end = (): Promise<void> => inRootContext(() => request.end());
    return { run: (fn) => runInside(this, request, fn), end, [Symbol.asyncDispose]: end };
  }

  /** Whether the requests of this cache can be read. */
  get haveExchanges(): boolean {
    return this.#haveExchanges;
  }

  /**
   * The request and the response of the calling code, which is in no run; `what` asks for them.
   *
   * @throws CacheError `ERR_MILLPOND_NO_SCOPE` outside any request, and after it has ended.
   */
  exchange(what: string): ExchangeHost {
    const exchange = ambientExchange(this)?.exchange(what);
    if (exchange === undefined) throw noExchange(what, 'none');
    return exchange;
  }

  open(tag: 'request' | 'anonymous', request: RequestScope): Scope {
    requests += 1;
    return this.#open(scopeText(tag, requests), request);
  }

  session(identity: Parameters<Sessions['use']>[0]): Scope {
    return this.#sessions.use(identity);
  }

  #open(prefix: string, request: RequestScope | undefined): Scope {
    const scope = new Scope(prefix, this.#holdings);
    this.#live.set(prefix, { scope, request });
    return scope;
  }

  end(scope: Scope, everywhere: boolean): Promise<void> {
    this.#live.delete(scope.prefix);
    return inRootContext(() => scope.end(everywhere));
  }

  endSession(id: string): Promise<void> {
    return this.#sessions.end(id);
  }

  close(): void {
    this.#sessions.close();
  }

  /** The scope that a key names, while it lasts. */
  of(key: string): Scope | undefined {
    const prefix = scopeOf(key);
    return prefix === undefined ? undefined : this.#live.get(prefix)?.scope;
  }

  /**
   * The scope that the calling code is in: that of its run, which a result may not leave (hazard 27), else the one that
   * was opened around it. Undefined outside any.
   *
   * @throws CacheError `ERR_MILLPOND_SCOPE` in a run of a wider scope, `ERR_MILLPOND_NO_SCOPE` when the one there is over,
   *   or has no session.
   */
  here(kind: ScopeKind, fn: string, cache: object): Scope | undefined {
    const run = currentRecorder();
    return run === undefined || run.passesThrough ? this.#around(kind, fn) : this.#inside(run, kind, fn, cache);
  }

  #around(kind: ScopeKind, fn: string): Scope | undefined {
    const request = ambientScope(this);
    if (request === undefined && ambientExchange(this) !== undefined) throw scopeInRoute(fn, kind);
    return request?.at(kind, fn);
  }

  #inside(run: Recorder, kind: ScopeKind, fn: string, cache: object): Scope {
    if (run.cache !== cache) throw wrongScope(fn, kind, run.fn, 'of which this cache knows no scope');
    const prefix = scopeOf(run.key);
    if (prefix === undefined) throw wrongScope(fn, kind, run.fn, "scope 'global'");
    const isOfRequest = isScopedBy(prefix, 'request');
    if (kind === 'request' && !isOfRequest) throw wrongScope(fn, kind, run.fn, "scope 'session'");
    const live = this.#live.get(prefix);
    if (live === undefined) throw noScope(fn, kind, 'ended');
    return isOfRequest && live.request !== undefined ? live.request.at(kind, fn) : live.scope;
  }
}
