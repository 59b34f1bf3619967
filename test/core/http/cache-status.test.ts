import { describe, expect, test } from 'vitest';
import { cacheStatus, type RouteOutcome } from '../../../packages/core/src/http/cache-status.js';
import type { CallOutcome } from '@millpond/core';

const call = { cache: undefined, fn: 'f', key: 'k' };

function told(event: CallOutcome, ttl?: number, stored = false): string {
  return cacheStatus({ type: 'cached', event, ttl, stored });
}

function bypassed(bypass: Extract<RouteOutcome, { type: 'bypass' }>['bypass']): string {
  return cacheStatus({ type: 'bypass', bypass });
}

describe('Cache-Status (RFC 9211) tells how a request was answered', () => {
  test('a hit, with the seconds that are left when the answer expires', () => {
    expect(told({ type: 'hit', ...call, tier: 'memory', age: 17_001 }, 60_000)).toBe('Millpond; hit; ttl=42');
    expect(told({ type: 'hit', ...call, tier: 'store', age: 17_001 })).toBe('Millpond; hit');
  });

  test('a miss, and whether it was kept', () => {
    expect(told({ type: 'miss', ...call, reason: 'cold' }, 60_000, true)).toBe('Millpond; fwd=uri-miss; stored');
    expect(told({ type: 'miss', ...call, reason: 'tag' })).toBe('Millpond; fwd=uri-miss');
    expect(told({ type: 'miss', ...call, reason: 'expired' }, 60_000, true)).toBe('Millpond; fwd=stale; stored');
  });

  test('a join is a collapsed miss', () => {
    expect(told({ type: 'join', ...call })).toBe('Millpond; fwd=uri-miss; collapsed');
  });

  test('a stale answer, by what allowed it', () => {
    expect(told({ type: 'stale', ...call, age: 65_000, cause: 'revalidate' }, 60_000)).toBe(
      'Millpond; hit; ttl=-5; detail=stale-while-revalidate',
    );
    expect(told({ type: 'stale', ...call, age: 65_000, cause: 'error' }, 60_000)).toBe(
      'Millpond; fwd=stale; detail=stale-if-error',
    );
  });

  test('a bypass, with its reason', () => {
    expect(bypassed({ forward: 'bypass', detail: 'authorization' })).toBe('Millpond; fwd=bypass; detail=authorization');
    expect(bypassed({ forward: 'method', detail: undefined })).toBe('Millpond; fwd=method');
  });
});
