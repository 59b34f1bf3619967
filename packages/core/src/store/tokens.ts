import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { storeFailed } from '../errors/index.js';
import type { Guard } from './guard.js';

/**
 * Tokens: random texts under keys of their own. An entry carries those that were current when its computation began,
 * and is outdated when one of them has changed or is gone. A value is written once and never again, so whatever order
 * a store applies writes in, no old state comes back (hazards 2, 3 and 5).
 */

/** 128 random bits, base64url; before them, in the mark of an expired call, its instant in base 36 and a dot. */
const TOKEN = /^(?:[0-9a-z]{1,9}\.)?[A-Za-z0-9_-]{22}$/;
const BASE = 36;

/** A value that no token has had. */
export function newToken(): string {
  return randomBytes(16).toString('base64url');
}

/** The same, of something that happened at an instant, in milliseconds since 1970. */
export function newMark(instant: number): string {
  return `${Math.max(0, Math.floor(instant)).toString(BASE)}.${newToken()}`;
}

/** The instant that a mark tells; 0 when it tells none. */
export function instantOf(mark: string): number {
  const [instant, random] = mark.split('.');
  return random === undefined || instant === undefined ? 0 : Number.parseInt(instant, BASE);
}

/** What is stored, if it is a token whole and intact. */
export function asToken(stored: unknown): string | undefined {
  return typeof stored === 'string' && TOKEN.test(stored) ? stored : undefined;
}

/** What is known of a token: its value, absent, or contested: the store shows what this process has outdated. */
export type Standing = { readonly token: string | undefined } | 'contested';

/** The tokens of one cache, as this process knows them. */
export interface Tokens {
  /**
   * A new value, which this process goes by from now on (hazard 9): the old one is outdated here whatever the store
   * still says. Write it once, and tell when it was acknowledged. `make` makes the value; {@link newToken} by default.
   */
  replace(name: string, make?: () => string): string;
  /** The store has this value; `memoryTtl` later its word is taken again, whatever it says. */
  acknowledged(name: string, token: string): void;
  /** Goes by the store's word again, at once: something wider has been replaced. */
  forget(name: string): void;
  /** The value that this process goes by, if it wrote one lately: its own, or a newer one of another process. */
  own(name: string): string | undefined;
  /** Whether this process goes by the store's word for every token: it wrote none lately. */
  areQuiet(): boolean;
  /** Now, among what this process sees of its own tokens. Taken before a read is sent. */
  moment(): number;
  /** What a stored value means, given what this process wrote and saw, and when the read of it was sent. */
  standing(name: string, stored: unknown, sentAt: number): Standing;
  /**
   * Makes a token that is missing: set, acknowledged and read back (hazard 2), once for all who miss it, also for those
   * whose read, sent at `sentAt`, was answered with the past: a second one would outdate what was made under the first.
   * Undefined when that did not succeed.
   */
  make(name: string, sentAt: number): Promise<string | undefined>;
}

/** What tokens need. */
export interface TokensOptions {
  readonly guard: Guard;
  readonly clock: Clock;
  readonly memoryTtl: number;
  /** How long a token lives in the store; longer than any entry. */
  readonly tokenTtl: number;
}

/** More of each kind are forgotten early: only a lagging replica could tell the difference. */
const MOST_REMEMBERED = 10_000;

interface Own {
  /** What this process wrote. */
  readonly written: string;
  /** What it goes by: the same, or a newer one of another process. */
  token: string;
  /** When the store's word is taken again; undefined until the value is acknowledged. */
  until: number | undefined;
  /**
   * When the store first showed the value that this process goes by: what it shows to a read that was sent later is
   * newer, unless it is one of the older ones. A read that was sent before may be answered after it, with the past.
   */
  shownAt: number | undefined;
  readonly older: Set<string>;
}

/** Puts something into a table that forgets the oldest. */
function remember<T>(table: Map<string, T>, name: string, value: T): void {
  const [oldest] = table.keys();
  if (oldest !== undefined && table.size >= MOST_REMEMBERED) table.delete(oldest);
  table.set(name, value);
}

/** Makes the tokens of one cache. */
export function createTokens(options: TokensOptions): Tokens {
  const { guard, clock, memoryTtl } = options;
  const written = new Map<string, Own>();
  /** In the order of their ends, since all are remembered equally long. */
  const acknowledged = new Map<string, Own>();
  /** What the store showed last. */
  const seen = new Map<string, string>();
  const making = new Map<string, Promise<string | undefined>>();
  /** What this process has made, and at which moment. */
  const made = new Map<string, { readonly token: string; readonly at: number }>();
  let moments = 0;

  function forgetOld(): void {
    const now = clock.now();
    for (const [name, own] of acknowledged) {
      if (own.until !== undefined && own.until > now && acknowledged.size <= MOST_REMEMBERED) return;
      acknowledged.delete(name);
      if (written.get(name) === own) written.delete(name);
    }
  }

  function live(name: string): Own | undefined {
    const found = written.get(name);
    return found?.until === undefined || found.until > clock.now() ? found : undefined;
  }

  function see(name: string, token: string | undefined): Standing {
    if (token !== undefined && seen.get(name) !== token) remember(seen, name, token);
    return { token };
  }

  function judge(own: Own, token: string | undefined, sentAt: number): Standing {
    if (token === own.token) own.shownAt ??= ++moments;
    else if (token !== undefined && sentAt > (own.shownAt ?? Infinity) && !own.older.has(token)) {
      // Another process has replaced it since.
      own.older.add(own.token);
      own.token = token;
      own.shownAt = ++moments;
    } else return 'contested';
    return { token };
  }

  async function makeOnce(name: string): Promise<string | undefined> {
    const token = newToken();
    const sent = await guard.send('make a token', (port) => port.set(name, token, options.tokenTtl));
    if (sent !== 'done') return undefined;
    const stored = await guard.read([name]);
    if (stored === undefined) return undefined;
    const found = asToken(stored[0]);
    if (found === undefined) {
      guard.report(storeFailed('keep a token', 'it was gone when it was read back'));
      return undefined;
    }
    remember(made, name, { token: found, at: ++moments });
    return found;
  }

  return {
    replace(name, make = newToken) {
      const before = live(name);
      const older = new Set(before?.older);
      for (const token of [before?.token, seen.get(name)]) if (token !== undefined) older.add(token);
      const token = make();
      written.set(name, { written: token, token, until: undefined, shownAt: undefined, older });
      return token;
    },
    acknowledged(name, token) {
      forgetOld();
      const own = written.get(name);
      if (own === undefined || own.written !== token || own.until !== undefined) return;
      own.until = clock.now() + memoryTtl;
      acknowledged.delete(name);
      acknowledged.set(name, own);
    },
    forget: (name) => void written.delete(name),
    own: (name) => live(name)?.token,
    areQuiet: () => written.size === 0,
    moment: () => ++moments,
    standing(name, stored, sentAt) {
      // What was seen last was looked at then.
      const token = stored !== undefined && seen.get(name) === stored ? seen.get(name) : asToken(stored);
      const own = live(name);
      return own === undefined ? see(name, token) : judge(own, token, sentAt);
    },
    make(name, sentAt) {
      const last = made.get(name);
      if (last !== undefined && last.at > sentAt) return Promise.resolve(last.token);
      const running = making.get(name) ?? makeOnce(name).finally(() => making.delete(name));
      making.set(name, running);
      return running;
    },
  };
}
