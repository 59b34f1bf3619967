import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { failureOf, gate, unchecked } from '../support/gate.js';
import { begin, site, type Asked } from './support.js';

describe('S107: a cached function that reads the request', () => {
  test.each<[string, (made: ReturnType<typeof site>) => unknown, Asked[], unknown[]]>([
    [
      'requestHeader, whatever the case of the name',
      ({ requestHeader }) => requestHeader('Accept-Language'),
      [{ headers: { 'accept-language': 'fr' } }, { headers: { 'accept-language': 'en' } }, {}],
      ['fr', 'en', undefined],
    ],
    [
      'requestCookie, which is decoded, and one of many',
      ({ requestCookie }) => requestCookie('theme'),
      [{ headers: { cookie: 'a=1; theme=dark%20red; theme=2' } }, { headers: { cookie: 'theme="light"' } }, {}],
      ['dark red', 'light', undefined],
    ],
    [
      'requestQuery',
      ({ requestQuery }) => requestQuery('tag'),
      [{ query: { tag: 'a' } }, { query: { tag: ['a', 'b'] } }, { query: {} }],
      ['a', ['a', 'b'], undefined],
    ],
    [
      'requestParam',
      ({ requestParam }) => requestParam('id'),
      [{ params: { id: '1' } }, { params: { id: ['a', 'b'] } }, {}],
      ['1', 'a/b', undefined],
    ],
    [
      'requestUser',
      ({ requestUser }) => requestUser(),
      [{ user: 'ada' }, { user: { id: 1 } }, {}],
      ['ada', { id: 1 }, undefined],
    ],
  ])('by %s: computes once for each value, and never answers one with the other', async (_, read, asked, values) => {
    const made = site();
    const load = made.cache.cacheData(async () => {
      await settle();
      return read(made);
    });
    for (const round of [1, 2]) {
      const answers: unknown[] = [];
      for (const each of asked) answers.push((await made.visit(each, () => load())).answer);
      expect(answers, `round ${round}`).toEqual(values);
    }
    expect(load.stats().runs).toBe(values.length);
  });

  test('varies by what it has read, and by nothing else that the request brings', async () => {
    const { cache, requestHeader, visit } = site();
    const load = cache.cacheData(async () => requestHeader('accept-language'));
    for (const other of ['1', '2']) {
      await visit({ headers: { 'accept-language': 'fr', cookie: `seen=${other}` }, user: other }, () => load());
    }
    expect(load.stats().runs).toBe(1);
  });

  test('hazard 23: who joins a run gets their own when it reads what is another for them', async () => {
    const { cache, requestHeader, visit } = site();
    const door = gate();
    const load = cache.cacheData(async () => {
      await door.passed;
      return requestHeader('accept-language');
    });
    const visits = ['fr', 'en', 'fr'].map((language) =>
      visit({ headers: { 'accept-language': language } }, () => load()),
    );
    await settle();
    door.open();
    expect((await Promise.all(visits)).map(({ answer }) => answer)).toEqual(['fr', 'en', 'fr']);
    expect(load.stats().runs).toBe(2);
  });

  test('whose caller has gone: those who have joined get an answer of their own', async () => {
    const { cache, requestHeader, visit } = site();
    const door = gate();
    const load = cache.cacheData(async () => {
      await door.passed;
      return requestHeader('accept-language');
    });
    const first = begin(cache, { headers: { 'accept-language': 'fr' } });
    const gone = failureOf(first.scope.run(() => load()));
    await settle();
    const joined = visit({ headers: { 'accept-language': 'en' } }, () => load());
    await settle();
    await first.scope.end();
    door.open();
    expect((await joined).answer).toBe('en');
    expect(await gone).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
  });

  test('hazard 25: a refresh behind a stale answer reads what that had read', async () => {
    const { cache, clock, requestHeader, visit } = site();
    let runs = 0;
    const load = cache.cacheData(async () => `${requestHeader('x-tenant')} ${(runs += 1)}`, {
      ttl: '10s',
      staleWhileRevalidate: '1m',
    });
    const ask = async () => (await visit({ headers: { 'x-tenant': 'a' } }, () => load())).answer;
    expect(await ask()).toBe('a 1');
    await clock.advance(10_000);
    expect(await ask()).toBe('a 1');
    await settle();
    expect(await ask()).toBe('a 2');
  });

  test('inside another one makes that vary too, also from within the run of a scope', async () => {
    const { cache, requestHeader, visit } = site();
    const inner = cache.cacheData(async () => requestHeader('accept-language'));
    const outer = cache.cacheData(async () => `${await inner()}!`);
    const own = cache.cacheData(async () => outer(), { scope: 'request' });
    for (const load of [outer, own, outer]) {
      for (const language of ['fr', 'en']) {
        const { answer } = await visit({ headers: { 'accept-language': language } }, () => load());
        expect(answer).toBe(`${language}!`);
      }
    }
    expect([inner.stats().runs, outer.stats().runs]).toEqual([2, 2]);
  });

  test('goes beside an input of your own, which needs more of its caller', async () => {
    const { cache, requestHeader, visit } = site();
    const tenants = new AsyncLocalStorage<string>();
    const tenant = cache.input('tenant', () => tenants.getStore());
    const load = cache.cacheData(async () => `${requestHeader('accept-language')} ${tenant()}`);
    for (const [language, name] of [
      ['fr', 'a'],
      ['fr', 'b'],
      ['en', 'a'],
    ] as const) {
      const ask = (): Promise<string> => tenants.run(name, () => load());
      expect((await visit({ headers: { 'accept-language': language } }, ask)).answer).toBe(`${language} ${name}`);
    }
  });

  test('gets a copy: what it changes is not the request', async () => {
    const { cache, requestQuery, visit } = site();
    const query = { tag: ['a'] };
    const load = cache.cacheData(async () => (requestQuery('tag') as string[]).push('b'));
    await visit({ query }, () => load());
    expect(query).toEqual({ tag: ['a'] });
  });
});

describe('keys do not show who somebody is', () => {
  test.each<[string, (made: ReturnType<typeof site>) => unknown, Asked]>([
    ['a cookie', ({ requestCookie }) => requestCookie('sid'), { headers: { cookie: 'sid=s3cret' } }],
    ['a credential', ({ requestHeader }) => requestHeader('authorization'), { headers: { authorization: 's3cret' } }],
    ['a credential in the query', ({ requestQuery }) => requestQuery('token'), { query: { token: 's3cret' } }],
    ['a user', ({ requestUser }) => requestUser(), { user: 's3cret' }],
  ])('%s', async (_, read, asked) => {
    const made = site();
    const heard = record(made.cache, 'miss', 'hit', 'started', 'computed', 'removed');
    const load = made.cache.cacheData(async () => [read(made)].length);
    await made.visit(asked, () => load());
    const { answer } = await made.visit(asked, async () => [await load(), await load.explain()]);
    await load.clear();
    expect(heard.map(({ type }) => type)).toEqual(expect.arrayContaining(['miss', 'hit', 'removed']));
    expect(JSON.stringify([heard, answer])).not.toContain('s3cret');
    expect(load.stats().runs).toBe(1);
  });

  test('an input of your own, by its option `secret`', async () => {
    const { cache } = site();
    const token = cache.input('token', () => 's3cret', { secret: true });
    const heard = record(cache, 'computed');
    await cache.cacheData(async () => token().length)();
    expect(JSON.stringify(heard)).toMatch(/token#[\w-]{32}/);
  });
});

describe('what cannot be read is told', () => {
  test('outside any request: before the first, beside one, and after it', async () => {
    const { cache, requestHeader, visit } = site();
    const load = cache.cacheData(async () => requestHeader('accept'));
    const refusal = { code: 'ERR_MILLPOND_NO_SCOPE', message: expect.stringContaining('scopes: true') };
    expect(await failureOf(load())).toMatchObject(refusal);
    expect(() => requestHeader('accept')).toThrow(expect.objectContaining(refusal));
    await visit({}, () => load());
    expect(await failureOf(load())).toMatchObject(refusal);
    // The function is asked each time: it might do without.
    expect(load.stats().runs).toBe(3);
  });

  test('in a scope that is over', async () => {
    const { cache, requestHeader } = site();
    const load = cache.cacheData(async () => requestHeader('accept'));
    const { scope } = begin(cache);
    await scope.end();
    expect(await failureOf(scope.run(() => load()))).toMatchObject({
      code: 'ERR_MILLPOND_NO_SCOPE',
      message: expect.stringContaining('over'),
    });
  });

  test.each([
    ['cacheDataSync', (made: ReturnType<typeof site>) => made.cache.cacheDataSync(() => made.requestHeader('accept'))],
    [
      'cacheResource',
      (made: ReturnType<typeof site>) => made.cache.cacheResource(() => [made.requestHeader('accept')]),
    ],
  ])('in %s, whose results do not vary', async (_, wrap) => {
    const made = site();
    const load = wrap(made);
    const visit = made.visit({}, async () => load());
    expect(await failureOf(visit)).toMatchObject({ code: 'ERR_MILLPOND_INPUT' });
  });

  test.each<[string, unknown]>([
    ['an instance', new (class User {})()],
    ['a whole record', { id: 1, bio: 'x'.repeat(2000) }],
  ])('a user that is %s', async (_, user) => {
    const { cache, requestUser, visit } = site();
    const load = cache.cacheData(async () => requestUser());
    expect(await failureOf(visit({ user }, () => load()))).toMatchObject({
      code: 'ERR_MILLPOND_INPUT',
      message: expect.stringContaining('{ user: (request) => request.user?.id }'),
    });
  });

  test('the whole Cookie header, no name, and a name that is none', async () => {
    const { requestHeader, requestCookie, visit } = site();
    await visit({}, () => {
      for (const wrong of ['Cookie', '', 'a b', 7]) {
        expect(() => requestHeader(unchecked(wrong))).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INPUT' }));
      }
      expect(() => requestCookie('')).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INPUT' }));
    });
  });

  test('more names than code has', async () => {
    const { requestQuery, visit } = site();
    await visit({}, () => {
      for (let name = 0; name < 200; name += 1) requestQuery(`name ${name}`);
      expect(() => requestQuery('one more')).toThrow('Names belong in the code');
      expect(requestQuery('name 7')).toBeUndefined();
    });
  });
});
