import { headersSent, noRequestLogger, wrongEffect } from '../errors/index.js';
import { currentRecorder } from '../run/run-context.js';
import type { ExchangeParts } from './create-exchange.js';
import type { ExchangeHost, LogLevel } from './exchange-host.js';
import { checkHeader, checkStatus } from './header-rules.js';
import { setCookieText, type CookieOptions } from './set-cookie.js';

/**
 * What may be done to the response. Each is an effect: recorded with the result of the cached function that calls it, it acts on the live
 * response of everybody who is given that result. What cannot be done any more (the headers were sent) is told by the event
 * `effectFailed`, and never thrown.
 */
export interface EffectsOfExchange {
  /**
   * Sets a header of the response, in the place of what it was; to `vary` the names are added.
   *
   * @throws CacheError `ERR_MILLPOND_EFFECT` for `set-cookie`, for headers about credentials or the connection, and for what is no
   *   name or value of a header.
   */
  readonly responseHeader: (name: string, value: string) => void;
  /**
   * Sets the status of the response, 200 to 599.
   *
   * @throws CacheError `ERR_MILLPOND_EFFECT` for another number.
   */
  readonly responseStatus: (code: number) => void;
  /**
   * Sets a cookie of the caller: in functions of scope `'session'` or `'request'`, or in no cached function.
   *
   * @throws CacheError `ERR_MILLPOND_EFFECT` inside a function whose results others get too, and for what is no cookie.
   */
  readonly responseCookie: (name: string, value: string, options?: CookieOptions) => void;
  /** Writes a line to the log of the request, with data beside it if there is any. */
  readonly logLine: (level: LogLevel, message: string, data?: object) => void;
}

const LEVELS: ReadonlySet<unknown> = new Set<LogLevel>(['debug', 'info', 'warn', 'error']);

/** Makes the effects of a cache's exchange. */
export function responseEffects({ scopes, effects }: ExchangeParts): EffectsOfExchange {
  /** What is called outside a cached function is told at once that there is no request; a run belongs to none. */
  function checkHere(what: string): void {
    if (currentRecorder() === undefined) scopes.exchange(what);
  }

  /** The exchange of who is answered, if its headers can still be set. */
  function open(what: string): ExchangeHost {
    const exchange = scopes.exchange(what);
    if (exchange.isSent()) throw headersSent(what);
    return exchange;
  }

  const header = effects.createQuiet('responseHeader', (name, value) => {
    setHeader(open('responseHeader'), String(name), String(value));
  });
  const status = effects.createQuiet('responseStatus', (code) => open('responseStatus').setStatus(Number(code)));
  const cookie = effects.createQuiet('responseCookie', (text) => open('responseCookie').addCookie(String(text)), {
    scope: 'session',
  });
  const line = effects.createQuiet('logLine', (level, message, data) => {
    const logger = scopes.exchange('logLine').logger();
    if (logger === undefined) throw noRequestLogger();
    if (isLevel(level)) logger[level](isObject(data) ? data : {}, String(message));
  });

  return {
    responseHeader(name, value) {
      checkHeader(name, value);
      checkHere('responseHeader');
      header(name.toLowerCase(), value);
    },
    responseStatus(code) {
      checkStatus(code);
      checkHere('responseStatus');
      status(code);
    },
    responseCookie(name, value, options) {
      const text = setCookieText(name, value, options);
      checkHere('responseCookie');
      cookie(text);
    },
    logLine(level, message, data) {
      if (!isLevel(level)) throw wrongEffect('logLine', level, "a level: 'debug', 'info', 'warn' or 'error'");
      checkHere('logLine');
      line(level, message, data);
    },
  };
}

/** Others have a say in `Vary` too, and leaving one out would hand out what is not for the caller. */
function setHeader(exchange: ExchangeHost, name: string, value: string): void {
  if (name !== 'vary') return exchange.setHeader(name, value);
  const known = listOf(exchange.getHeader(name));
  const names = new Set(known.map((each) => each.toLowerCase()));
  const added = listOf(value).filter((each) => !names.has(each.toLowerCase()));
  if (added.length > 0) exchange.setHeader(name, [...known, ...added].join(', '));
}

function listOf(header: unknown): readonly string[] {
  const text = Array.isArray(header) ? header.join(',') : header;
  if (typeof text !== 'string') return [];
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function isLevel(level: unknown): level is LogLevel {
  return LEVELS.has(level);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
