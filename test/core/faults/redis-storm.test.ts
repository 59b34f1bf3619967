import { appendFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWithRedis } from '../../support/redis.js';
import { REDIS_FAULTS } from './redis-fault.js';
import { storm } from './storm.js';

/** `npm run bench:faults` asks for figures in a file; whoever only tests need not wait so long. */
const figures = process.env['MILLPOND_FIGURES'];
const lasts = figures === undefined && process.env['MILLPOND_VERIFY'] === undefined ? 1000 : 3000;

describeWithRedis('S56: a Redis that fails under 200 calls a second', () => {
  describe('answers none of them wrong, fails none, and is used again', () => {
    test.each(REDIS_FAULTS)('when it is $name', async (fault) => {
      const seen = await storm(fault, lasts);
      if (figures !== undefined) appendFileSync(figures, `${JSON.stringify(seen)}\n`);
      expect(seen).toMatchObject({ wrong: 0, errors: 0, unhandledRejections: 0 });
      expect(seen.inUseAfter).toEqual(expect.any(Number));
    });
  });
});
