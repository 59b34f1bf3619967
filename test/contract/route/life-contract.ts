import { describe, expect, test } from 'vitest';
import { fakeClock } from '../../support/fake-clock.js';
import { gate } from '../../support/gate.js';
import { sendAndLeave } from '../../support/send.js';
import type { RouteHost } from './route-host.js';
import { start, startCounting } from './started.js';

/** How long answers live, and how runs are shared. */
export function lifeContract(host: RouteHost): void {
  describe('the life of its answers', () => {
    test('S63: 50 cold requests run the handler once', async () => {
      const closed = gate();
      let runs = 0;
      const app = await start(host, {
        routes: (app) =>
          app.get('/x', {}, async () => {
            runs += 1;
            await closed.opened;
            return 'done';
          }),
      });
      const all = Array.from({ length: 50 }, () => app.send('/x'));
      // All of them have asked when the cache has counted 49 joins.
      await new Promise<void>((resolve) => {
        let joins = 0;
        app.cache.on('join', () => {
          joins += 1;
          if (joins === 49) resolve();
        });
      });
      closed.open();
      const answers = await Promise.all(all);
      expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['"done"']));
      expect(runs).toBe(1);
      const collapsed = answers.filter(({ headers }) => headers['cache-status']?.includes('collapsed'));
      expect(collapsed.length).toBe(49);
    });

    test('S102: an error of the handler reaches the error handler as it is, and is not kept', async () => {
      const mine = new Error('mine');
      let runs = 0;
      const app = await start(host, {
        routes: (app) =>
          app.get('/x', { ttl: '1h' }, () => {
            runs += 1;
            if (runs < 3) throw mine;
            return 'up';
          }),
      });
      for (const _ of [1, 2]) {
        const { status, body } = await app.send('/x');
        expect([status, body]).toEqual([500, 'mine']);
      }
      expect(app.errors.map((error) => error === mine)).toEqual([true, true]);
      expect((await app.send('/x')).body).toBe('"up"');
    });

    test('an error response does not claim to be a cached one', async () => {
      const app = await start(host, {
        routes: (app) => app.get('/x', {}, () => Promise.reject(new Error('down'))),
      });
      const { headers } = await app.send('/x');
      expect([headers['cache-status'], headers.etag, headers.age]).toEqual([undefined, undefined, undefined]);
    });

    test('a client that goes away leaves nobody waiting', async () => {
      const closed = gate();
      const running = gate();
      let runs = 0;
      const app = await start(host, {
        routes: (app) =>
          app.get('/x', {}, async () => {
            runs += 1;
            running.open();
            await closed.opened;
            return 'done';
          }),
      });
      await sendAndLeave(app.port, '/x', running.opened);
      const follower = app.send('/x');
      closed.open();
      expect((await follower).body).toBe('"done"');
      expect((await app.send('/x')).headers['cache-status']).toBe('Millpond; hit');
      expect(runs).toBe(1);
      expect(app.errors).toEqual([]);
    });

    test('ttl, age and the stale window show', async () => {
      const clock = fakeClock();
      const app = await startCounting(host, { ttl: '1m', staleWhileRevalidate: '1m' }, { cacheOptions: { clock } });
      await app.send('/x');
      await clock.advance(42_000);
      const hit = await app.send('/x');
      expect([hit.headers.age, hit.headers['cache-status']]).toEqual(['42', 'Millpond; hit; ttl=18']);
      await clock.advance(20_000);
      const stale = await app.send('/x');
      expect([stale.body, stale.headers['cache-status']]).toEqual([
        '1',
        'Millpond; hit; ttl=-2; detail=stale-while-revalidate',
      ]);
      await clock.advance(0);
      expect((await app.send('/x')).body).toBe('2');
    });

    test('an invalidated tag takes the answer with it', async () => {
      const app = await startCounting(host, { tags: ['x'] });
      await app.send('/x');
      await app.cache.invalidateTags('x');
      const { body, headers } = await app.send('/x');
      expect([body, headers['cache-status']]).toEqual(['2', 'Millpond; fwd=uri-miss; stored']);
    });

    test('an answer that `when` refuses is not kept, and does not say so', async () => {
      const app = await startCounting(host, { when: (run) => run !== 1 });
      expect((await app.send('/x')).headers['cache-status']).toBe('Millpond; fwd=uri-miss');
      expect((await app.send('/x')).headers['cache-status']).toBe('Millpond; fwd=uri-miss; stored');
      expect((await app.send('/x')).body).toBe('2');
    });
  });
}
