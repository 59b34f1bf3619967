import { expect, test } from 'vitest';
import { scopeText } from '../../../packages/core/src/key/index.js';
import { sessionStore } from '../../../packages/core/src/scope/index.js';
import { heldStore } from '../../support/held-store.js';
import { entryOf, openTier } from '../../support/stores.js';

test('what is found for a session tells what its look-up began with: a run that goes on from there is stored', async () => {
  const entries = sessionStore(openTier(heldStore()).fn());
  const key = `${scopeText('session', 'digest')}("a")`;
  const first = await entries.lookup(key, []);
  await entries.keep(key, first.begun, entryOf('one', {}));
  await expect.poll(async () => (await entries.lookup(key, [])).found?.payload).toBeDefined();
  const { found, begun } = await entries.lookup(key, []);
  expect(found?.tags).toEqual([]);
  expect(begun.storable).toBe(true);
});
