import { cacheStatus, type RouteOutcome } from './cache-status.js';
import { JSON_TYPE, type RouteAnswer } from './answer.js';
import { matchesEtag } from './conditional.js';

/** An answer to one request, and how it came about. */
export interface RouteResult {
  readonly answer: RouteAnswer;
  readonly outcome: RouteOutcome;
}

/** What is to be written: on top of the headers that earlier middleware has set, which stay (hazard 32). */
export interface RouteResponse {
  readonly status: 200 | 304;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The stored bytes; undefined for a 304. A HEAD request gets them too: Node writes none. */
  readonly body: Buffer | undefined;
}

/** Reads a header of the live response, as earlier middleware has set it; undefined when it has not. */
export type LiveHeader = (name: string) => unknown;

/**
 * What to write for one request. A bypassed answer is for this caller alone; any other may be kept downstream, but not
 * used without asking (`no-cache`), because no invalidation reaches a browser (hazard 35): with the ETag, asking is
 * cheap. A Cache-Control that earlier middleware has set stays, except on a bypass.
 */
export function respond(
  { answer, outcome }: RouteResult,
  requestHeaders: Readonly<Record<string, unknown>>,
  live: LiveHeader,
): RouteResponse {
  const status: [string, string] = ['cache-status', appended(live('cache-status'), cacheStatus(outcome))];
  if (outcome.type === 'bypass') {
    return {
      status: 200,
      headers: [...content(answer), ['cache-control', 'private, no-store'], status],
      body: answer.body,
    };
  }
  const headers: [string, string][] = [['etag', answer.etag], status];
  if (live('cache-control') === undefined) {
    headers.push(['cache-control', isPersonal(requestHeaders, live) ? 'private, no-cache' : 'no-cache']);
  }
  const { event } = outcome;
  if (event.type === 'hit' || event.type === 'stale') headers.push(['age', String(Math.floor(event.age / 1000))]);
  if (matchesEtag(textOf(requestHeaders['if-none-match']), answer.etag))
    return { status: 304, headers, body: undefined };
  return { status: 200, headers: [...content(answer), ...headers], body: answer.body };
}

function content({ body }: RouteAnswer): [string, string][] {
  return [
    ['content-type', JSON_TYPE],
    ['content-length', String(body.length)],
  ];
}

/**
 * Whether the response may come with something of one caller's: the body does not, but session middleware renews its
 * cookie on the way out, and a shared cache downstream must not keep that.
 */
function isPersonal(requestHeaders: Readonly<Record<string, unknown>>, live: LiveHeader): boolean {
  return requestHeaders['cookie'] !== undefined || live('set-cookie') !== undefined;
}

/** A list header with one member more; the last is the cache that is nearest to the client (RFC 9211 2). */
function appended(existing: unknown, member: string): string {
  const list = Array.isArray(existing) ? existing.join(', ') : textOf(existing);
  return list === undefined || list === '' ? member : `${list}, ${member}`;
}

function textOf(header: unknown): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
