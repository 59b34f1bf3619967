import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCache, diskStore, lmdbStore, type CacheEventOf } from '@millpond/core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPort } from '../../../packages/core/src/store/open-port.js';
import { fakeClock } from '../../support/fake-clock.js';
import { root, runNode, tsc } from '../../support/node.js';

const MINUTE = 60_000;
let folder = '';

beforeAll(async () => {
  const built = await tsc(['-b', 'packages/core']);
  if (built.code !== 0) throw new Error(built.stdout);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millpond-local-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a program and runs it. */
async function run(lines: readonly string[], core = join(root, 'packages/core/dist/index.js')) {
  const program = join(folder, 'program.mjs');
  const imports = `import { createCache, diskStore, lmdbStore } from ${JSON.stringify(core)};`;
  await writeFile(program, [imports, ...lines].join('\n'));
  return runNode([program], folder);
}

describe.each([
  ['diskStore', diskStore],
  ['lmdbStore', lmdbStore],
])('%s', (name, make) => {
  test('keeps no process alive, also one that forgets to close it', async () => {
    const ended = await run([
      `const cache = createCache({ name: 'shop', persist: ${name}({ path: 'store' }), readDeadline: '10s' });`,
      `const load = cache.cacheData(async () => 'value', { name: 'load', version: '1' });`,
      `process.stdout.write(await load());`,
    ]);
    expect(ended).toEqual({ code: 0, stdout: 'value', stderr: '' });
  });

  test('gives texts back as they were, of any length and with characters of any kind', async () => {
    const port = openPort(make({ path: join(folder, 'store') }), fakeClock(Date.now()));
    const part = 2 ** 20;
    const texts = ['', 'a', '\0\n"€😀', 'x'.repeat(part - 'MPD1'.length), '😀'.repeat(part), `x${'😀'.repeat(part)}`];
    for (const [index, text] of texts.entries()) await port.set(`key ${index}`, text, MINUTE);
    const found = await port.getMany(texts.map((_, index) => `key ${index}`));
    // Not by toEqual, which would print megabytes.
    expect(found.map((text, index) => text === texts[index])).toEqual(texts.map(() => true));
    await port.close({ disconnect: true, force: false });
  });

  test('removes the entries of a function that was cleared, and tells of it', async () => {
    const clock = fakeClock(Date.now());
    await using cache = createCache({
      name: 'shop',
      persist: make({ path: join(folder, 'store') }),
      readDeadline: '1h',
      clock,
    });
    const swept: CacheEventOf<'storeSwept'>[] = [];
    const next = () =>
      new Promise<void>((resolve) => {
        const stop = cache.on('storeSwept', (event) => {
          swept.push(event);
          stop();
          resolve();
        });
      });
    const load = cache.cacheData(async (id: string) => `${id} of load`, { name: 'load', version: '1' });
    const other = cache.cacheData(async (id: string) => `${id} of other`, { name: 'other', version: '1' });
    await Promise.all(['a', 'b'].flatMap((id) => [load(id), other(id)]));
    await cache.flush();
    const first = next();
    await clock.advance(11_000);
    await first;
    expect(await load.clear()).toEqual({ store: 'acknowledged' });
    const second = next();
    await clock.advance(2 * MINUTE);
    await second;
    expect(swept).toMatchObject([{ cleared: 0 }, { type: 'storeSwept', cache: 'shop', cleared: 2, evicted: 0 }]);
  });
});

test('without the package lmdb, lmdbStore says at once how to install it, and diskStore needs none', async () => {
  await cp(join(root, 'packages/core/dist'), join(folder, 'core'), { recursive: true });
  await cp(join(root, 'packages/core/package.json'), join(folder, 'package.json'));
  const lines = [
    `diskStore({ path: 'store' });`,
    `try { lmdbStore({ path: 'store' }); } catch (error) { process.stdout.write(error.code + ' ' + error.message); }`,
  ];
  const { stdout } = await run(lines, join(folder, 'core/index.js'));
  expect(stdout).toMatch(
    /^ERR_MILLPOND_INVALID_OPTION lmdbStore: .*`lmdb` is not installed.*npm install lmdb@3.*diskStore/,
  );
});
