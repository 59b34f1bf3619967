import { validateHeaderName, validateHeaderValue } from 'node:http';
import { refusedHeader, wrongEffect } from '../errors/index.js';
import { CREDENTIAL_HEADERS } from '../http/credentials.js';

/** Headers that tell who somebody is, or ask for it: what is replayed goes to others (hazard 30); in lower case. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  // A login often answers with one of those (`x-auth-token`, say) that later requests carry.
  ...CREDENTIAL_HEADERS,
  'authentication-info',
  'www-authenticate',
  'authentication-control',
  'proxy-authenticate',
  'proxy-authentication-info',
  'set-cookie2',
  'clear-site-data',
]);

/** Headers by which HTTP says where a message ends, or that are about one connection (RFC 9110 7.6.1); in lower case. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether something can be the name of a header (RFC 9110 5.1). */
export function isHeaderName(name: unknown): name is string {
  return passes(() => validateHeaderName(String(name)), name);
}

/**
 * Checks a header that an effect is to set.
 *
 * @throws CacheError `ERR_MILLPOND_EFFECT` for one that is not to be replayed, and for what no header can be.
 */
export function checkHeader(name: unknown, value: unknown): asserts name is string {
  if (!isHeaderName(name)) throw wrongEffect('responseHeader', name, 'the name of a header');
  refuseHeader(name.toLowerCase(), name);
  if (!passes(() => validateHeaderValue(name, String(value)), value)) {
    throw wrongEffect(
      `responseHeader(${JSON.stringify(name)})`,
      value,
      'a text without line breaks and control characters',
    );
  }
}

function refuseHeader(lower: string, name: string): void {
  if (lower === 'set-cookie') {
    throw refusedHeader(
      name,
      'a cookie is of one user',
      'Use responseCookie(name, value, options), which sees to that.',
    );
  }
  if (CREDENTIALS.has(lower)) {
    const cure = 'Set it by the framework, outside of any cached function.';
    throw refusedHeader(name, 'it is about the credentials of one user, and would be repeated to others', cure);
  }
  if (FRAMING.has(lower)) {
    throw refusedHeader(name, 'it is about the connection, or says where the message ends', 'Leave it to the server.');
  }
}

/** Checks a status: a final one (RFC 9110 15), of what has succeeded or failed, that the response can have. */
export function checkStatus(code: unknown): void {
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 200 || code > 599) {
    throw wrongEffect('responseStatus', code, 'a whole number from 200 to 599');
  }
}

function passes(check: () => void, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
