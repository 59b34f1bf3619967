import { describe, expect, test } from 'vitest';
import type { ExchangeHosting } from './exchange-host.js';
import { gate, until } from '../../core/support/gate.js';
import { BY_HEADER, start } from './started.js';

/** What cached functions read of the request. */
export function reading(host: ExchangeHosting): void {
  describe('S107: a cached function', () => {
    test('reads header, cookie, query, parameter and user of whoever calls it, and varies by each', async () => {
      let runs = 0;
      const { ask } = await start(host, {
        before: (request) => {
          const { headers } = request as { readonly headers: Record<string, unknown> };
          Reflect.set(request, 'user', headers['x-user']);
        },
        routes({ cache, exchange, get }) {
          const { requestHeader, requestCookie, requestQuery, requestParam, requestUser } = exchange;
          const load = cache.cacheData(async () => {
            runs += 1;
            return [
              requestHeader('Accept-Language'),
              requestCookie('theme'),
              requestQuery('tag'),
              requestParam('id'),
              requestUser(),
            ];
          });
          get('/things/:id', () => load());
        },
      });
      const visits: [string, Record<string, string>, unknown[]][] = [
        ['/things/1', { 'accept-language': 'fr' }, ['fr', null, null, '1', null]],
        ['/things/2', { 'accept-language': 'fr' }, ['fr', null, null, '2', null]],
        ['/things/1?tag=a', { 'accept-language': 'fr' }, ['fr', null, 'a', '1', null]],
        ['/things/1?tag=a&tag=b', { 'accept-language': 'fr' }, ['fr', null, ['a', 'b'], '1', null]],
        ['/things/1', { 'accept-language': 'fr', cookie: 'seen=1; theme=a%20b' }, ['fr', 'a b', null, '1', null]],
        ['/things/1', { 'accept-language': 'fr', 'x-user': 'ada' }, ['fr', null, null, '1', 'ada']],
      ];
      for (const round of [1, 2]) {
        for (const [path, headers, expected] of visits) {
          expect((await ask(path, headers)).answer, `${path} in round ${round}`).toEqual(expected);
        }
      }
      expect(runs).toBe(visits.length);
    });

    test('asks the option `user` in the place of what is on the request', async () => {
      const { ask } = await start(host, {
        scopes: { user: ({ headers }) => headers['x-user'] },
        routes({ cache, exchange, get }) {
          const load = cache.cacheData(async () => exchange.requestUser());
          get('/', () => load());
        },
      });
      expect((await ask('/', { 'x-user': 'ada' })).answer).toBe('ada');
      expect((await ask('/', { 'x-user': 'bob' })).answer).toBe('bob');
    });

    test('hazard 23: who joins the run of another user gets their own answer, and its header', async () => {
      const door = gate();
      let [asked, runs] = [0, 0];
      const { ask } = await start(host, {
        scopes: { user: ({ headers }) => headers['x-user'] },
        routes({ cache, exchange, get }) {
          const load = cache.cacheData(async () => {
            runs += 1;
            await door.passed;
            const user = exchange.requestUser();
            exchange.responseHeader('x-for', String(user));
            return user;
          });
          get('/', () => {
            asked += 1;
            return load();
          });
        },
      });
      const users = ['ada', 'bob', 'ada', 'bob', 'eve'];
      const answers = Promise.all(users.map((user) => ask('/', { 'x-user': user })));
      await until(() => asked === users.length);
      door.open();
      expect((await answers).map(({ answer, headers }) => [answer, headers.get('x-for')])).toEqual(
        users.map((user) => [user, user]),
      );
      expect(runs).toBe(3);
    });

    test('hazard 34: does not vary by a cookie that it has not read', async () => {
      let runs = 0;
      const { ask } = await start(host, {
        routes({ cache, exchange, get }) {
          const load = cache.cacheData(async () => [exchange.requestCookie('theme'), (runs += 1)]);
          get('/', () => load());
        },
      });
      for (const id of ['1', '2']) {
        expect((await ask('/', { cookie: `analytics=${id}; theme=dark` })).answer).toEqual(['dark', 1]);
      }
    });

    test('is told how to turn scopes on, where they are not', async () => {
      const { ask, errors } = await start(host, {
        scopes: undefined,
        routes({ cache, exchange, get }) {
          const load = cache.cacheData(async () => exchange.requestHeader('accept'));
          get('/', () => load());
        },
      });
      expect((await ask('/')).status).toBe(500);
      expect(errors).toMatchObject([
        { code: 'ERR_MILLPOND_NO_SCOPE', message: expect.stringContaining('Turn scopes on') },
      ]);
    });

    test('of a session varies by what it reads, within the session', async () => {
      let runs = 0;
      const { ask } = await start(host, {
        scopes: BY_HEADER,
        routes({ cache, exchange, get }) {
          const load = cache.cacheData(async () => [exchange.requestHeader('accept-language'), (runs += 1)], {
            scope: 'session',
          });
          get('/', () => load());
        },
      });
      const answers: unknown[] = [];
      for (const [user, language] of [
        ['ada', 'fr'],
        ['ada', 'en'],
        ['bob', 'fr'],
        ['ada', 'fr'],
      ] as const) {
        answers.push((await ask('/', { 'x-user': user, 'accept-language': language })).answer);
      }
      expect(answers).toEqual([
        ['fr', 1],
        ['en', 2],
        ['fr', 3],
        ['fr', 1],
      ]);
    });
  });
}
