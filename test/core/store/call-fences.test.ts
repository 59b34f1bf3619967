import { describe, expect, test } from 'vitest';
import { heldStore, isDeletes, isMark, isNote, isTombstone, type HeldStore } from '../../support/held-store.js';
import { openTier, outcome, runAndKeep, settled, watch } from '../../support/stores.js';

const isOfOneCall = (key: string): boolean => isTombstone(key) || isMark(key) || (isDeletes(key) && !isNote(key));

/** What was read, by look-up or run, since the last time that this was asked. */
function readFrom(store: HeldStore): string[] {
  const keys = store.asked.filter(({ kind }) => kind === 'getMany').flatMap((asked) => asked.keys);
  store.asked.length = 0;
  return keys;
}

describe('the fences of one call', () => {
  test('are not read where no call of the function was ever deleted or expired', async () => {
    const store = heldStore();
    const [here, there] = [openTier(store), openTier(store)];
    await runAndKeep(here.fn(), 'k', 'value');
    await there.fn('another').delete('k');
    readFrom(store);
    expect(await outcome(there.fn(), 'k')).toBe('value');
    expect(readFrom(store).filter(isOfOneCall)).toEqual([]);
  });

  test.each([
    ['deleted', '(deleted)', isTombstone],
    ['expired', 'value', isMark],
  ] as const)('are read, with the first look-up, where another process has %s one', async (how, found, isFence) => {
    const store = heldStore();
    const [here, there] = [openTier(store), openTier(store)];
    for (const key of ['k', 'other']) await runAndKeep(here.fn(), key, 'value');
    const fn = there.fn();
    expect(await outcome(fn, 'k')).toBe('value');
    // What a delete removes is put back, as a write does that comes late.
    const before = new Map(store.data);
    await (how === 'deleted' ? here.fn().delete('k') : here.fn().expire('k'));
    for (const [key, text] of before) store.data.set(key, text);
    readFrom(store);
    const { found: entry } = await fn.lookup('k', []);
    expect([await outcome(fn, 'k'), entry?.expiredFor !== undefined]).toEqual([found, how === 'expired']);
    expect(readFrom(store).filter(isFence).length).toBe(2);
    expect(await outcome(fn, 'other')).toBe('value');
  });

  test('are still read by those who knew of them when the store has lost the note, and it is written again', async () => {
    const store = heldStore();
    const [here, there] = [openTier(store), openTier(store)];
    await runAndKeep(here.fn(), 'k', 'value');
    const entries = new Map(store.data);
    await here.fn().delete('k');
    const fn = there.fn();
    await outcome(fn, 'k');
    for (const [key, text] of entries) store.data.set(key, text);
    for (const key of store.data.keys()) if (isNote(key)) store.data.delete(key);
    // Who wants to know only changes nothing.
    await fn.inspect('k', []);
    expect([...store.data.keys()].filter(isNote)).toEqual([]);
    expect(await outcome(fn, 'k')).toBe('(deleted)');
    expect([...store.data.keys()].filter(isNote).length).toBe(1);
    // So it holds for one who comes later.
    expect(await outcome(openTier(store).fn(), 'k')).toBe('(deleted)');
  });

  test.each(['delete', 'expire'] as const)('are noted before a %s is acknowledged', async (how) => {
    const store = heldStore();
    const { fn } = openTier(store);
    await runAndKeep(fn(), 'k', 'value');
    store.hold((kind, key) => kind === 'set' && isNote(key));
    const told = fn()[how]('k');
    const state = watch(told);
    const [set] = await store.heldAtLeast(1);
    await settled();
    expect(state.settled).toBe(false);
    set?.release();
    expect(await told).toBe('acknowledged');
  });
});
