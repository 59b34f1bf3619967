import { parseDuration, type Duration } from '../duration.js';
import { wrongEffect } from '../errors/index.js';
import { checkOptions, isBoolean, isDurationOrZero, isOneOf, isText } from '../settings/index.js';

/** Attributes of a cookie. */
export interface CookieOptions {
  /** How long the browser keeps it, from each answer that it comes with; 0 removes it. Default: until the browser closes. */
  readonly maxAge?: Duration | undefined;
  /** Default `'/'`. */
  readonly path?: string | undefined;
  readonly domain?: string | undefined;
  /** Whether scripts of the page cannot see it. Default true. */
  readonly httpOnly?: boolean | undefined;
  /** Whether it is sent over https only. Default false; `sameSite: 'none'` needs true. */
  readonly secure?: boolean | undefined;
  /** Default `'lax'`. */
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined;
}

/** RFC 6265 4.1.1: a cookie's name is a token. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** What a `path` or a `domain` may hold: no separator and nothing that ends the header. */
const ATTRIBUTE = /^[\u0020-\u003a\u003c-\u007e]+$/;

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

/**
 * The text of a `Set-Cookie` header (RFC 6265 4.1). The value is percent-encoded, as by the cookie plugins of the frameworks.
 *
 * @throws CacheError `ERR_MILLPOND_EFFECT` for a wrong name, value or attribute, `ERR_MILLPOND_INVALID_OPTION` for an option
 *   that is unknown or of the wrong type.
 */
export function setCookieText(name: unknown, value: unknown, given: unknown = {}): string {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw wrongEffect('responseCookie', name, 'a name of letters, digits and the like');
  }
  if (typeof value !== 'string') throw wrongEffect(`responseCookie(${JSON.stringify(name)})`, value, 'a text');
  checkOptions<CookieOptions>(given, CHECKS, 'responseCookie');
  return [`${name}=${encodeURIComponent(value)}`, ...attributes(given)].join('; ');
}

function attributes({
  maxAge,
  path = '/',
  domain,
  httpOnly = true,
  secure = false,
  sameSite = 'lax',
}: CookieOptions): string[] {
  if (sameSite === 'none' && !secure) {
    const allowed = "sameSite: 'none' with secure: true alone, since browsers drop it otherwise";
    throw wrongEffect('responseCookie', sameSite, allowed);
  }
  return [
    ...(maxAge === undefined ? [] : [`Max-Age=${secondsOf(maxAge)}`]),
    `Path=${attribute('path', path)}`,
    ...(domain === undefined ? [] : [`Domain=${attribute('domain', domain)}`]),
    ...(httpOnly ? ['HttpOnly'] : []),
    ...(secure ? ['Secure'] : []),
    `SameSite=${SAME_SITE[sameSite]}`,
  ];
}

const CHECKS = {
  maxAge: isDurationOrZero,
  path: isText,
  domain: isText,
  httpOnly: isBoolean,
  secure: isBoolean,
  sameSite: isOneOf('strict', 'lax', 'none'),
};

function secondsOf(maxAge: Duration): number {
  return maxAge === 0 ? 0 : Math.ceil(parseDuration(maxAge, 'responseCookie', 'maxAge') / 1000);
}

function attribute(option: string, value: string): string {
  if (!ATTRIBUTE.test(value))
    throw wrongEffect(`responseCookie: ${option}`, value, 'ASCII without `;` and control characters');
  return value;
}
