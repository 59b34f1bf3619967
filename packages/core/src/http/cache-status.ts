import type { CallOutcome } from '../options.js';

/** Why a request was answered without the cache. */
export interface Bypass {
  /** `'method'` for anything but GET and HEAD; the words of RFC 9211 2.2. */
  readonly forward: 'bypass' | 'method';
  /** More about it, such as the name of the credential. */
  readonly detail: string | undefined;
}

/** How a request to a cached route was answered. */
export type RouteOutcome =
  | { readonly type: 'bypass'; readonly bypass: Bypass }
  /** `ttl` is that of the answer, in milliseconds, when it has one; `stored`: whether a miss was kept. */
  | {
      readonly type: 'cached';
      readonly event: CallOutcome;
      readonly ttl: number | undefined;
      readonly stored: boolean;
    };

/** The member of the Cache-Status list (RFC 9211) that tells how a request was answered. */
export function cacheStatus(outcome: RouteOutcome): string {
  return `Millpond; ${outcome.type === 'bypass' ? bypassed(outcome.bypass) : cached(outcome)}`;
}

function bypassed({ forward, detail }: Bypass): string {
  return detail === undefined ? `fwd=${forward}` : `fwd=${forward}; detail=${detail}`;
}

function cached({ event, ttl, stored }: Extract<RouteOutcome, { type: 'cached' }>): string {
  if (event.type === 'hit') return `hit${remaining(ttl, event.age)}`;
  if (event.type === 'join') return 'fwd=uri-miss; collapsed';
  if (event.type === 'miss')
    return `fwd=${event.reason === 'expired' ? 'stale' : 'uri-miss'}${stored ? '; stored' : ''}`;
  // A refresh behind the answer forwards nothing for this request; a run that failed did.
  if (event.cause === 'error') return 'fwd=stale; detail=stale-if-error';
  return `hit${remaining(ttl, event.age)}; detail=stale-while-revalidate`;
}

/** The freshness that is left, in seconds; negative for what is stale (RFC 9211 2.3). */
function remaining(ttl: number | undefined, age: number): string {
  return ttl === undefined ? '' : `; ttl=${Math.floor((ttl - age) / 1000)}`;
}
