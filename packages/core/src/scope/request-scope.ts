import { noExchange, noScope } from '../errors/index.js';
import type { ExchangeHost } from '../exchange/exchange-host.js';
import type { ScopeTag } from '../key/index.js';
import type { Scope } from './scope.js';
import { readIdentity, type Established, type SessionSource } from './session-identity.js';

/** How wide a scope is that is not everybody's. */
export type ScopeKind = 'session' | 'request';

/** What the scope of a request asks of the scopes of its cache. */
export interface RequestHost {
  open(tag: Exclude<ScopeTag, 'session'>, request: RequestScope): Scope;
  session(identity: Established): Scope;
  end(scope: Scope, everywhere: boolean): Promise<void>;
}

/** The scopes of one request (or of whatever else is one unit of work); each is made when something is made in it. */
export class RequestScope {
  readonly #host: RequestHost;
  #session: SessionSource | undefined;
  #exchange: ExchangeHost | undefined;
  #request: Scope | undefined;
  /** What a session is when nobody knows whose: the request's own. */
  #anonymous: Scope | undefined;
  #ending: Promise<void> | undefined;

  constructor(host: RequestHost, session: SessionSource | undefined, exchange: ExchangeHost | undefined) {
    this.#host = host;
    this.#session = session;
    this.#exchange = exchange;
  }

  /**
   * The scope in which a function of a kind is called; `fn` names it.
   *
   * @throws CacheError `ERR_MILLPOND_NO_SCOPE`, `ERR_MILLPOND_INVALID_OPTION`, and whatever the source of sessions throws.
   */
  at(kind: ScopeKind, fn: string): Scope {
    if (this.#ending !== undefined) throw noScope(fn, kind, 'ended');
    if (kind === 'request') return (this.#request ??= this.#host.open('request', this));
    const session = this.#session;
    const identity = readIdentity(typeof session === 'function' ? session() : session);
    if (identity === undefined) throw noScope(fn, kind, 'no-session');
    if (identity === 'anonymous') return (this.#anonymous ??= this.#host.open('anonymous', this));
    return this.#host.session(identity);
  }

  /**
   * The request and its response; `what` asks for them. Undefined for a scope of something else.
   *
   * @throws CacheError `ERR_MILLPOND_NO_SCOPE` when it is over.
   */
  exchange(what: string): ExchangeHost | undefined {
    if (this.#ending !== undefined) throw noExchange(what, 'ended');
    return this.#exchange;
  }

  /** Ends what belongs to the request; its session goes on. Never rejects. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    // Whatever is left running in the request's async context holds on to this, and must not to the request itself.
    this.#session = undefined;
    this.#exchange = undefined;
    const scopes = [this.#anonymous, this.#request].filter((scope) => scope !== undefined);
    this.#anonymous = undefined;
    this.#request = undefined;
    await Promise.all(scopes.map((scope) => this.#host.end(scope, false)));
  }
}
