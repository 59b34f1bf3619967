import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { diskStore } from '../../../packages/core/src/store/index.js';
import { fileOf } from '../../../packages/core/src/store/local/disk-place.js';
import { openPort } from '../../../packages/core/src/store/open-port.js';
import { fakeClock } from '../../support/fake-clock.js';
import { runNode, tsc } from '../../support/node.js';
import { openTier, outcome, runAndKeep, settled } from '../../support/stores.js';

const HOUR = 3_600_000;
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millpond-disk-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** All files under the store's folder, by their paths in it. */
async function files(folder = join(root, 'cache')): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const store = () => diskStore({ path: join(root, 'cache') });
const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('a disk store', () => {
  test('makes its folder when it is first needed, for its owner alone', async () => {
    const tier = openTier(store());
    await expect(stat(join(root, 'cache'))).rejects.toThrow('ENOENT');
    await runAndKeep(tier.fn(), 'k', 'secret');
    expect(await mode(join(root, 'cache'))).toBe(0o700);
    const [file = ''] = await files();
    expect(await mode(file)).toBe(0o600);
    expect(await mode(join(file, '..'))).toBe(0o700);
  });

  test('lets no key out of its folder, and leaves no temporary file', async () => {
    const tier = openTier(store(), { cache: '../../evil' });
    for (const key of ['../../../etc/passwd', '/etc/passwd', '\0', 'a'.repeat(10_000)]) {
      await runAndKeep(tier.fn('../fn'), key, 'value');
      expect(await outcome(tier.fn('../fn'), key)).toBe('value');
    }
    expect(await readdir(root)).toEqual(['cache']);
    for (const file of await files())
      expect(file.slice(root.length)).toMatch(
        /^\/cache\/(fences|entries\/[0-9a-f]{32}\/[0-9a-f]{32})\/[0-9a-f]{2}\/[0-9a-f]{62}$/,
      );
  });

  test('treats a file that was cut, changed or emptied as a miss, and removes it', async () => {
    const tier = openTier(store());
    const other = openTier(store());
    const damages: ((text: string) => string)[] = [
      (text) => text.slice(0, -7),
      () => '',
      (text) => text.replace('whole', 'holes'),
      () => 'x',
    ];
    for (const [index, damage] of damages.entries()) {
      await runAndKeep(tier.fn(), 'k', 'the whole payload');
      const texts = await Promise.all(
        (await files()).map(async (file) => ({ file, text: await readFile(file, 'utf8') })),
      );
      const entry = texts.find(({ text }) => text.includes('the whole payload'));
      if (entry === undefined) throw new Error('no entry was written');
      await writeFile(entry.file, damage(entry.text));
      expect(await outcome(other.fn(), 'k')).toBe('(damaged)');
      await other.tier.flush();
      expect(other.told('storeDamaged')).toHaveLength(index + 1);
      await expect(stat(entry.file)).rejects.toThrow('ENOENT');
    }
  });

  test('honours the ttl across a restart, and deletes nothing by a reader’s clock', async () => {
    const clock = fakeClock();
    await runAndKeep(openTier(store(), { clock }).fn(), 'k', 'value', { ttl: HOUR });
    const before = await files();
    await clock.advance(HOUR - 1);
    expect(await outcome(openTier(store(), { clock }).fn(), 'k')).toBe('value');
    await clock.advance(1);
    expect(await outcome(openTier(store(), { clock }).fn(), 'k')).toBe('(cold)');
    expect(await files()).toEqual(before);
  });

  test('that cannot be written, or swept, is told of and otherwise a miss', async () => {
    await writeFile(join(root, 'cache'), 'a file where the folder should be');
    const tier = openTier(store());
    expect(await outcome(tier.fn(), 'k')).toBe('(store-down)');
    await settled();
    await tier.tier.close();
    const messages = tier.told('storeFailed').map((event) => ('error' in event ? String(event.error) : ''));
    expect(messages.filter((message) => message.includes('failed to read'))).toHaveLength(1);
    expect(messages.filter((message) => message.includes('failed to open'))).toHaveLength(1);
  });

  test('leaves no temporary file when a write fails', async () => {
    const port = openPort(store(), fakeClock());
    await port.set('another', 'text', HOUR);
    // A folder where the file should be: the rename fails.
    await blockPlaceOf('blocked');
    await expect(port.set('blocked', 'text', HOUR)).rejects.toThrow(/EISDIR|ENOTEMPTY|EPERM|EEXIST/);
    expect(await readdir(join(root, 'cache/drafts'))).toEqual([]);
  });
});

async function blockPlaceOf(key: string): Promise<void> {
  await mkdir(join(fileOf(join(root, 'cache'), key), 'in the way'), { recursive: true });
}

describe('a disk store of several processes', () => {
  const program = fileURLToPath(new URL('programs/disk-process.mjs', import.meta.url));

  beforeAll(async () => {
    const built = await tsc(['-b', 'packages/core']);
    if (built.code !== 0) throw new Error(built.stdout);
  });

  test('shows each of them whole entries only, while all of them write', async () => {
    const path = join(root, 'cache');
    const ends = await Promise.all(['a', 'b', 'c'].map((name) => runNode([program, path, name, '150'])));
    expect(ends).toEqual(ends.map(() => ({ code: 0, stdout: 'ready\n[]', stderr: '' })));
    expect(await readdir(join(path, 'drafts'))).toEqual([]);
  });
});
