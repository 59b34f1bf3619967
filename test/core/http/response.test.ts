import { describe, expect, test } from 'vitest';
import type { CallOutcome } from '@millpond/core';
import { respond, type RouteResponse } from '../../../packages/core/src/http/response.js';
import type { RouteOutcome } from '../../../packages/core/src/http/cache-status.js';

const call = { cache: undefined, fn: 'f', key: 'k' };
const HIT: CallOutcome = { type: 'hit', ...call, tier: 'memory', age: 1999 };
const answer = { body: Buffer.from('{"a":"ü"}'), etag: 'W/"abc"' };

interface Said {
  readonly request?: Record<string, unknown>;
  readonly live?: Record<string, unknown>;
  readonly outcome?: RouteOutcome;
}

function responseTo({ request = {}, live = {}, outcome }: Said): RouteResponse & { readonly by: Map<string, string> } {
  const cached: RouteOutcome = { type: 'cached', event: HIT, ttl: undefined, stored: false };
  const response = respond({ answer, outcome: outcome ?? cached }, request, (name) => live[name]);
  return { ...response, by: new Map(response.headers) };
}

const BYPASS: RouteOutcome = { type: 'bypass', bypass: { forward: 'bypass', detail: 'user' } };

describe('the response to a request', () => {
  test('has the stored bytes themselves, their length, type and tag', () => {
    const { status, body, by } = responseTo({});
    expect(status).toBe(200);
    expect(body).toBe(answer.body);
    expect(by.get('content-length')).toBe('10');
    expect(by.get('content-type')).toBe('application/json; charset=utf-8');
    expect(by.get('etag')).toBe('W/"abc"');
  });

  test('names each header once', () => {
    for (const outcome of [undefined, BYPASS]) {
      const { headers } = responseTo(outcome === undefined ? {} : { outcome });
      expect(new Set(headers.map(([name]) => name)).size).toBe(headers.length);
    }
  });

  test('hazard 35: may be kept downstream, but not used without asking', () => {
    expect(responseTo({}).by.get('cache-control')).toBe('no-cache');
  });

  test('is private when session middleware may add a cookie of one caller to it', () => {
    expect(responseTo({ request: { cookie: 'a=b' } }).by.get('cache-control')).toBe('private, no-cache');
    expect(responseTo({ live: { 'set-cookie': ['a=b'] } }).by.get('cache-control')).toBe('private, no-cache');
  });

  test('hazard 32: leaves alone the Cache-Control that earlier middleware has set', () => {
    expect(responseTo({ live: { 'cache-control': 'no-store' } }).by.has('cache-control')).toBe(false);
  });

  test('tells the age of a hit and of a stale answer in whole seconds, and none of a fresh run', () => {
    expect(responseTo({}).by.get('age')).toBe('1');
    const cached = (event: CallOutcome): RouteOutcome => ({ type: 'cached', event, ttl: 1, stored: true });
    const stale = cached({ type: 'stale', ...call, age: 5000, cause: 'error' });
    expect(responseTo({ outcome: stale }).by.get('age')).toBe('5');
    expect(responseTo({ outcome: cached({ type: 'miss', ...call, reason: 'cold' }) }).by.has('age')).toBe(false);
    expect(responseTo({ outcome: cached({ type: 'join', ...call }) }).by.has('age')).toBe(false);
  });

  test('adds its member to a Cache-Status list that is there', () => {
    expect(responseTo({}).by.get('cache-status')).toBe('Millpond; hit');
    expect(responseTo({ live: { 'cache-status': 'Origin; hit' } }).by.get('cache-status')).toBe(
      'Origin; hit, Millpond; hit',
    );
    expect(responseTo({ live: { 'cache-status': ['A; hit', 'B; hit'] } }).by.get('cache-status')).toBe(
      'A; hit, B; hit, Millpond; hit',
    );
  });

  test('is a 304 without a body for a caller who has it', () => {
    const { status, body, by } = responseTo({ request: { 'if-none-match': '"x", "abc"' } });
    expect(status).toBe(304);
    expect(body).toBeUndefined();
    expect([...by.keys()].sort()).toEqual(['age', 'cache-control', 'cache-status', 'etag']);
  });

  test('a bypassed answer is for its caller alone: no tag, no 304, and nobody may keep it', () => {
    const { status, body, by } = responseTo({
      outcome: BYPASS,
      request: { 'if-none-match': '*' },
      live: { 'cache-control': 'public, max-age=60' },
    });
    expect(status).toBe(200);
    expect(body).toBe(answer.body);
    expect(by.get('cache-control')).toBe('private, no-store');
    expect(by.get('cache-status')).toBe('Millpond; fwd=bypass; detail=user');
    expect(by.has('etag')).toBe(false);
  });
});
