import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diskStore, lmdbStore, type LocalStoreOptions } from '../../../packages/core/src/store/index.js';
import { Ages } from '../../../packages/core/src/store/local/ages.js';
import { diskHoldings } from '../../../packages/core/src/store/local/disk-holdings.js';
import { DRAFTS, fileOf } from '../../../packages/core/src/store/local/disk-place.js';
import { createDrafts } from '../../../packages/core/src/store/local/drafts.js';
import type { LocalListener } from '../../../packages/core/src/store/local/local-port.js';
import type { Swept } from '../../../packages/core/src/store/local/sweep.js';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import { openPort } from '../../../packages/core/src/store/open-port.js';
import type { StorePort } from '../../../packages/core/src/store/port.js';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KB = 1024;
let root = '';
let opened: StorePort[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millpond-sweeps-'));
});
afterEach(async () => {
  await Promise.all(opened.map((port) => port.close({ disconnect: true, force: false })));
  opened = [];
  await rm(root, { recursive: true, force: true });
});

const names = cacheNames('shop', '');
const load = names.function('load', '1');
/** The key of an entry. */
const entry = (call: string): string => load.call(call).entry;

/** What a store does by itself, and a way to wait for it. */
function ears(): LocalListener & { readonly failures: unknown[]; next(): Promise<Swept> } {
  const waiting: ((swept: Swept) => void)[] = [];
  const failures: unknown[] = [];
  return {
    failures,
    swept: (what) => waiting.splice(0).forEach((resolve) => resolve(what)),
    failed: (_, error) => void failures.push(error),
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

function open(store: ReturnType<typeof diskStore>, clock: FakeClock, hear: LocalListener): StorePort {
  const port = openPort(store, clock, hear);
  opened.push(port);
  return port;
}

/** What is there, of these keys. */
async function present(port: StorePort, keys: readonly string[]): Promise<string[]> {
  const values = await port.getMany(keys);
  return keys.filter((_, place) => values[place] !== undefined);
}

/** Until a file that is written now is younger than all before, by the clock of the file system. */
async function fileTimePasses(): Promise<void> {
  const since = Date.now();
  const probe = join(root, 'probe');
  do await writeFile(probe, '');
  while ((await stat(probe)).ctimeMs <= since);
}

const kinds: readonly (readonly [string, (options: LocalStoreOptions) => ReturnType<typeof diskStore>])[] = [
  ['disk', diskStore],
  ['lmdb', lmdbStore],
];

describe.each(kinds)('a %s store', (_, make) => {
  /** A port, its clock a day behind the machine's, and its ears. */
  function setUp(maxBytes?: number) {
    const clock = fakeClock(Date.now() - DAY);
    const hear = ears();
    const port = open(make({ path: join(root, 'cache'), maxBytes }), clock, hear);
    /**
     * One sweep, or as many as there are in a longer time: what they came to together. A longer time is a multiple of
     * 601 seconds: within less than ten minutes there need not be another.
     */
    const sweeps = async (time = 601_000): Promise<Swept> => {
      let [expired, cleared, evicted, bytes] = [0, 0, 0, 0];
      for (let left = time; left > 0; left -= 601_000) {
        const swept = hear.next();
        await clock.advance(Math.min(left, 601_000));
        const sum = await swept;
        expired += sum.expired;
        cleared += sum.cleared;
        evicted += sum.evicted;
        ({ bytes } = sum);
      }
      return { expired, cleared, evicted, bytes };
    };
    return { clock, hear, port, sweeps };
  }

  test('removes what is over, and fences only when no clock can take them for alive', async () => {
    const { port, hear, sweeps } = setUp();
    await port.set(entry('short'), 'text', 5000);
    await port.set(entry('long'), 'text', DAY);
    await port.set(names.cache, 'token', 5000);
    await port.set(load.token, 'token', DAY);
    expect(await sweeps(11_000)).toMatchObject({ expired: 1, evicted: 0, cleared: 0 });
    expect(await sweeps(4 * 601_000)).toMatchObject({ expired: 0 });
    expect(await sweeps(6 * 601_000)).toMatchObject({ expired: 1 });
    expect(await sweeps()).toMatchObject({ expired: 0 });
    expect(await present(port, [entry('long'), load.token])).toEqual([entry('long'), load.token]);
    expect(hear.failures).toEqual([]);
  });

  test('that takes more than it may drops the entries that were not used for the longest, and no fence', async () => {
    const { port, clock, sweeps } = setUp(100 * KB);
    const keys = Array.from({ length: 10 }, (_, index) => entry(`${index}`));
    await port.set(load.token, 'x'.repeat(8 * KB), DAY);
    for (const key of keys) {
      await port.set(key, 'x'.repeat(11 * KB), DAY);
      // The two oldest are used again and again.
      await port.getMany(keys.slice(0, 2));
      await clock.advance(1000);
    }
    const swept = await sweeps();
    expect(swept.bytes).toBeLessThanOrEqual(100 * KB);
    const left = await present(port, [load.token, ...keys]);
    expect(left.length).toBeGreaterThan(6);
    expect(left.length).toBeLessThan(10);
    expect(left).toEqual([load.token, ...keys.slice(0, 2), ...keys.slice(3 - left.length)]);
  });

  test('removes what was cleared a minute later, and not what was written since', async () => {
    const { port, sweeps } = setUp();
    const other = names.function('other', '1');
    const fences = [load.token, load.call('a').tombstone];
    for (const key of [...fences, entry('a'), entry('b'), other.call('a').entry]) await port.set(key, 'text', DAY);
    await sweeps();
    await fileTimePasses();
    port.drop?.(load.entries);
    await fileTimePasses();
    await port.set(entry('b'), 'new', DAY);
    expect(await sweeps(61_000)).toMatchObject({ cleared: 1, expired: 0 });
    const all = [...fences, entry('a'), entry('b'), other.call('a').entry];
    expect(await present(port, all)).toEqual(all.filter((key) => key !== entry('a')));
    port.drop?.(names.entries);
    await fileTimePasses();
    expect(await sweeps(61_000)).toMatchObject({ cleared: 2 });
    expect(await present(port, all)).toEqual(fences);
  });

  test('is swept by several at once, while others write and delete', async () => {
    const clock = fakeClock(Date.now());
    const hears = [ears(), ears(), ears()];
    const ports = hears.map((hear) => open(make({ path: join(root, 'cache'), maxBytes: 200 * KB }), clock, hear));
    const keys = Array.from({ length: 60 }, (_, index) => entry(`${index}`));
    const token = names.tag('kept');
    await ports[0]?.set(token, 'token', DAY);
    const swept = hears.map((hear) => hear.next());
    const writing = keys.map(async (key, index) => {
      const port = ports[index % ports.length];
      await port?.set(key, 'x'.repeat(10 * KB), index % 5 === 0 ? 1 : DAY);
      if (index % 7 === 0) await port?.delete(key);
      await clock.advance(500);
    });
    await Promise.all([...swept, ...writing]);
    // Once more, when all is written.
    const again = hears.map((hear) => hear.next());
    await clock.advance(601_000);
    await Promise.all(again);
    expect(hears.map(({ failures }) => failures)).toEqual([[], [], []]);
    const last = hears[0]?.next();
    await clock.advance(601_000);
    expect((await last)?.bytes).toBeLessThanOrEqual(200 * KB);
    expect(await present(ports[0] as StorePort, [token])).toEqual([token]);
  });

  test('is left alone after it was closed, also in the middle of a sweep', async () => {
    const { port, clock, hear } = setUp();
    for (let index = 0; index < 20; index += 1) await port.set(entry(`${index}`), 'text', 1000);
    await clock.advance(11_000);
    await port.close({ disconnect: true, force: false });
    expect(clock.pending).toBe(0);
    expect(hear.failures).toEqual([]);
    await expect(clock.advance(DAY)).resolves.toBeUndefined();
  });
});

describe('the janitor of a disk store', () => {
  const path = (): string => join(root, 'cache');

  async function sweptOnce(clock: FakeClock): Promise<Swept> {
    const hear = ears();
    open(diskStore({ path: path() }), clock, hear);
    const swept = hear.next();
    await clock.advance(11_000);
    expect(hear.failures).toEqual([]);
    return swept;
  }

  test('touches nothing that the store did not write, and follows no link', async () => {
    const clock = fakeClock(Date.now());
    await open(diskStore({ path: path() }), clock, ears()).set(entry('a'), 'text', DAY);
    const victim = join(root, 'victim');
    await mkdir(victim);
    await writeFile(join(victim, 'f'.repeat(62)), 'MPD1 0000000000000001\nold');
    const foreign = ['entries/readme', 'entries/ab', 'fences/notes.txt', 'drafts/mine', 'other/file', 'top'];
    for (const file of foreign) {
      await mkdir(join(path(), file, '..'), { recursive: true });
      await writeFile(join(path(), file), 'mine');
      await utimes(join(path(), file), 1, 1);
    }
    await symlink(victim, join(path(), 'entries', 'c'.repeat(32)));
    await symlink(victim, join(path(), 'fences', 'cc'));
    await symlink(join(path(), 'fences'), join(path(), 'fences', 'dd'));
    expect(await sweptOnce(clock)).toMatchObject({ expired: 0, cleared: 0, evicted: 0 });
    for (const file of foreign) expect((await stat(join(path(), file))).size).toBe(4);
    expect(await readdir(victim)).toHaveLength(1);
  });

  test('asks the file itself when its times were lost, as in a folder that was copied', async () => {
    const clock = fakeClock(Date.now());
    const port = open(diskStore({ path: join(root, 'original') }), clock, ears());
    await port.set(entry('a'), 'text', DAY);
    await port.set(names.cache, 'token', DAY);
    await cp(join(root, 'original'), path(), { recursive: true });
    await clock.advance(2 * HOUR);
    expect(await sweptOnce(clock)).toMatchObject({ expired: 0 });
    const copy = open(diskStore({ path: path() }), clock, ears());
    expect(await copy.getMany([entry('a'), names.cache])).toEqual(['text', 'token']);
  });

  test('loses no fence that is renewed while it takes the old one away', async () => {
    const clock = fakeClock(Date.now());
    const port = open(diskStore({ path: path() }), clock, ears());
    const drafts = createDrafts(join(path(), DRAFTS), clock);
    const holdings = diskHoldings(path(), drafts);
    const fence = load.call('a').tombstone;
    const place = fileOf(path(), fence);
    for (let time = 0; time < 200; time += 1) {
      await port.set(fence, 'old', 1);
      const now = clock.wallTime() + 2;
      const kept = { place, isFence: true, bytes: 1, written: 0, used: 0, end: now - 1 };
      await Promise.all([holdings.removeExpired(kept, now), port.set(fence, `${time}`, DAY)]);
      expect(await port.getMany([fence])).toEqual([`${time}`]);
    }
    expect(await readdir(drafts.folder)).toEqual([]);
  });

  test('removes the drafts of processes that have ended, and leaves those of others for an hour', async () => {
    const clock = fakeClock(Date.now());
    const drafts = createDrafts(join(path(), DRAFTS), clock);
    const own = await drafts.next();
    // No system has processes of such numbers.
    const left = own.replace(`-${process.pid}-`, '-999999999-');
    const elsewhere = left.replace(/drafts.[0-9a-f]{12}/, `drafts/${'0'.repeat(12)}`);
    await mkdir(drafts.folder, { recursive: true });
    for (const draft of [own, left, elsewhere]) await writeFile(draft, 'half');
    const names = (...files: string[]): string[] => files.map((file) => file.slice(drafts.folder.length + 1)).sort();
    await open(diskStore({ path: path() }), clock, ears()).opened;
    expect((await readdir(drafts.folder)).sort()).toEqual(names(own, elsewhere));
    await clock.advance(HOUR + 60_000);
    await open(diskStore({ path: path() }), clock, ears()).opened;
    expect(await readdir(drafts.folder)).toEqual([]);
  });

  test('leaves no empty folders behind of functions that are gone', async () => {
    const clock = fakeClock(Date.now());
    const port = open(diskStore({ path: path() }), clock, ears());
    for (let index = 0; index < 5; index += 1) await port.set(entry(`${index}`), 'text', 1000);
    await sweptOnce(clock);
    for (let time = 0; time < 2; time += 1) await sweptOnce(clock);
    expect(await readdir(join(path(), 'entries'))).toEqual([]);
  });
});

describe('ages', () => {
  test('find the instant before which so much was used, however many instants there are', () => {
    for (const count of [1, 10, 5000, 50_000]) {
      const ages = new Ages();
      for (let index = 0; index < count; index += 1) ages.add(((index * 7919) % count) * 1000, 10);
      for (const share of [0.1, 0.5, 1]) {
        const wanted = Math.floor(count * share) * 10;
        const before = ages.upTo(wanted);
        const older = Math.min(count, Math.ceil(before / 1000)) * 10;
        expect(older).toBeGreaterThanOrEqual(wanted);
        // In slices of time: what is a little younger may be among it.
        expect(older).toBeLessThanOrEqual(wanted + Math.max(10, count / 2048) * 10);
      }
      expect(ages.upTo(count * 10 + 1)).toBe(Infinity);
    }
  });
});
