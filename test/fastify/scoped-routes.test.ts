import plugin from '@millpond/fastify';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';

test.each(['session', 'request'] as const)(
  'hazard 27: a cached route, whose answer is for all, is refused what is of one %s',
  async (scope) => {
    const app = fastify();
    onTestFinished(() => app.close());
    await app.register(plugin, { scopes: { session: () => 'Ada' } });
    let runs = 0;
    const getBasket = app.cacheData(async () => (runs += 1), { name: 'getBasket', scope });
    const errors: unknown[] = [];
    app.setErrorHandler((error, _request, reply) => {
      errors.push(error);
      return reply.code(500).send('refused');
    });
    app.get(
      '/shared',
      app.cacheRoute({ ttl: '1m' }, () => getBasket()),
    );
    app.get('/own', () => getBasket());
    expect((await app.inject('/shared')).body).toBe('refused');
    expect(errors).toMatchObject([{ code: 'ERR_MILLPOND_SCOPE', message: expect.stringContaining('getBasket') }]);
    expect(runs).toBe(0);
    expect((await app.inject('/own')).body).toBe('1');
  },
);
