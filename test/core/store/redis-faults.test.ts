import KeyvRedis from '@keyv/redis';
import { Keyv as Keyv6 } from 'keyv6';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../packages/core/src/clock.js';
import type { StoreInput } from '../../../packages/core/src/store/index.js';
import { describeWithRedis, freePort, startRedis } from '../../support/redis.js';
import { disguise, entryOf, openTier, outcome, reveal, runAndKeep, type TestTier } from '../../support/stores.js';

/** Far more than anything here takes: only a hang is that long. */
const HANG = 20_000;

/** Asks until it is so; the clock is the real one, and so is the server. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + HANG;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const works = async ({ fn }: TestTier): Promise<boolean> => {
  await runAndKeep(fn('probe'), 'k', 'works');
  return (await outcome(fn('probe'), 'k')) === 'works';
};

/** Looks up, as many requests at once do, until the breaker opens; each look-up is a miss that says why. */
async function lookUntilDegraded(tier: TestTier): Promise<void> {
  const answers: Promise<string>[] = [];
  await until('the breaker opens', async () => {
    answers.push(outcome(tier.fn(), String(answers.length)));
    return tier.told('storeDegraded').length > 0;
  });
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['(store-down)']));
}

const forms: Record<string, (adapter: KeyvRedis<string>) => StoreInput> = {
  '@keyv/redis': (adapter) => adapter,
  'Keyv 6 that encrypts': (store) => new Keyv6({ store, encryption: { encrypt: disguise, decrypt: reveal } }),
};

for (const [form, wrap] of Object.entries(forms)) {
  describeWithRedis(`a Redis server that fails, through ${form}`, (redis) => {
    let ends: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      await Promise.all(ends.map((end) => end()));
      ends = [];
    });

    function process_(url = redis().url): TestTier {
      const adapter = new KeyvRedis<string>(url);
      const opened = openTier(wrap(adapter), { clock: systemClock, memoryTtl: 100, closeTimeout: 1000 });
      ends.push(async () => {
        await opened.tier.close();
        await adapter.disconnect(true);
      });
      return opened;
    }

    test('by dying: calls are answered, and it is used again when it is back', async () => {
      const tier = process_();
      await until('it works', () => works(tier));
      await redis().kill();
      await lookUntilDegraded(tier);
      const { begun } = await tier.fn().lookup('k', []);
      expect(begun.storable).toBe(false);
      await tier.fn().keep('k', begun, entryOf('not kept'));
      expect(await tier.fn().delete('k')).toBe('pending');
      await redis().start();
      await until('it works again', () => works(tier));
      expect(tier.told('storeRecovered').length).toBeGreaterThan(0);
    });

    test('by hanging: nothing that was deleted meanwhile is served afterwards, by this process or another', async () => {
      const [a, b] = [process_(), process_()];
      await until('both work', async () => (await works(a)) && works(b));
      await runAndKeep(a.fn(), 'deleted', 'old');
      await runAndKeep(a.fn('cleared'), 'k', 'old');
      await runAndKeep(a.fn('tagged'), 'k', 'old', { tags: ['t'] });
      await runAndKeep(a.fn(), 'left alone', 'kept');
      const { begun } = await a.fn().lookup('under way', []);

      redis().pause();
      const answers = await Promise.all([
        a.fn().delete('deleted'),
        a.fn('cleared').clear(),
        a.tier.invalidateTags(['t']),
        a.fn().delete('under way'),
      ]);
      expect(answers).toEqual(['pending', 'pending', 'pending', 'pending']);
      expect(a.told('invalidationPending')).toHaveLength(4);
      await a.fn().keep('under way', begun, entryOf('old'));
      await lookUntilDegraded(a);
      redis().resume();

      const isOld = async (tier: TestTier): Promise<boolean> => {
        const found = await Promise.all([
          outcome(tier.fn(), 'deleted'),
          outcome(tier.fn('cleared'), 'k'),
          outcome(tier.fn('tagged'), 'k', ['t']),
          outcome(tier.fn(), 'under way'),
        ]);
        return found.includes('old');
      };
      await until('the first process reads again', async () => {
        expect(await isOld(a)).toBe(false);
        return (await outcome(a.fn(), 'left alone')) === 'kept';
      });
      await until('the second process knows too', async () => !(await isOld(b)));
      expect(await outcome(b.fn(), 'left alone')).toBe('kept');
      await until('it is used again', () => works(a));
      expect(await isOld(a)).toBe(false);
    });

    test('to be there at the start: calls are answered, and it is used when it comes', async () => {
      const port = await freePort();
      const tier = process_(`redis://127.0.0.1:${port}`);
      await lookUntilDegraded(tier);
      expect(await tier.fn().delete('k')).toBe('pending');
      const late = await startRedis(port);
      ends.push(() => late.stop());
      await until('it works', () => works(tier));
    });
  });
}
