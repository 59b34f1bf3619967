import type { Clock, Timer } from '../clock.js';
import { digest, scopeText } from '../key/index.js';
import type { Scope } from './scope.js';
import type { Established } from './session-identity.js';

/** One session that something was made in. */
interface Session {
  readonly principal: string | undefined;
  readonly scope: Scope;
  usedAt: number;
}

/** What the table of sessions is made of; times in milliseconds. */
export interface SessionsOptions {
  readonly clock: Clock;
  readonly maxSessions: number;
  readonly sessionIdle: number;
  readonly open: (prefix: string) => Scope;
  readonly end: (scope: Scope, everywhere: boolean) => Promise<void>;
}

/** The sessions of one cache in this process, the longest unused first: each by its id, with one principal (hazard 29). */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #byId = new Map<string, Session>();
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** The scope of a session; the one that the id had with another principal ends. */
  use({ id, principal }: Established): Scope {
    const { clock, maxSessions, open } = this.#options;
    const now = clock.now();
    const known = this.#byId.get(id);
    if (known !== undefined && known.principal === principal) {
      known.usedAt = now;
      this.#byId.delete(id);
      this.#byId.set(id, known);
      return known.scope;
    }
    if (known !== undefined) void this.end(id);
    const scope = open(prefixOf(id, principal));
    this.#byId.set(id, { principal, scope, usedAt: now });
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > maxSessions && oldest !== undefined) void this.#leave(oldest, false);
    this.#arm();
    return scope;
  }

  /** Ends the session of an id, whoever its principal; never rejects. */
  end(id: string): Promise<void> {
    return this.#leave(id, true);
  }

  /** One that is only too long unused here may live on in another process: then what is stored stays. */
  async #leave(id: string, everywhere: boolean): Promise<void> {
    const session = this.#byId.get(id);
    if (session === undefined) return;
    this.#byId.delete(id);
    await this.#options.end(session.scope, everywhere);
  }

  /** Stops the timer; what sessions hold is the cache's to let go. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#byId.clear();
  }

  /** One timer for all: it is set for the one that will be idle first, and finds out then whether it was used since. */
  #arm(): void {
    const [first] = this.#byId.values();
    if (this.#timer !== undefined || first === undefined || this.#closed) return;
    const { clock, sessionIdle } = this.#options;
    const onTime = (): void => {
      this.#timer = undefined;
      this.#endIdle();
      this.#arm();
    };
    this.#timer = clock.setTimer(onTime, first.usedAt + sessionIdle - clock.now(), 'background');
  }

  #endIdle(): void {
    const { clock, sessionIdle } = this.#options;
    const now = clock.now();
    for (const [id, { usedAt }] of this.#byId) {
      if (usedAt + sessionIdle > now) return;
      void this.#leave(id, false);
    }
  }
}

/** The id itself goes nowhere: it is a credential (hazard 29). */
function prefixOf(id: string, principal: string | undefined): string {
  return scopeText('session', digest(JSON.stringify(principal === undefined ? [id] : [id, principal])));
}
