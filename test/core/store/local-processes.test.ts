import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tsc } from '../../support/node.js';
import { runs } from '../../support/runs.js';
import { settled } from '../../support/stores.js';
import { startLocal, type LocalProcess } from '../support/local-process.js';

const KEYS = [0, 1, 2, 3, 4, 5, 6, 7];
let root = '';
let processes: LocalProcess[] = [];

beforeAll(async () => {
  const built = await tsc(['-b', 'packages/core']);
  if (built.code !== 0) throw new Error(built.stdout);
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millpond-processes-'));
  await mkdir(join(root, 'truth'));
  for (const key of KEYS) await writeFile(join(root, 'truth', String(key)), '0');
});
afterEach(async () => {
  await Promise.all(processes.map((child) => child.kill()));
  processes = [];
  await rm(root, { recursive: true, force: true });
});

async function start(kind: string): Promise<LocalProcess> {
  const child = await startLocal(kind, join(root, 'cache'), join(root, 'truth'));
  processes.push(child);
  return child;
}

const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

describe.each(['disk', 'lmdb'])('processes over one %s store', (kind) => {
  test('find what another has computed', async () => {
    const [one, other] = [await start(kind), await start(kind)];
    await one.does('call', { key: 1 });
    await one.does('flush');
    expect(await other.does('check', { key: 1, least: 0 })).toBe('right');
    expect(await other.does('runs')).toBe(0);
  });

  // Invariant 3: also against what is under way in any of them.
  test('see each other’s deletes, clears and tags within memoryTtl, and no run that was under way undoes one', async () => {
    const all = await Promise.all([start(kind), start(kind), start(kind), start(kind)]);
    for (let round = 0; round < runs(60, 1500); round += 1) {
      const underWay = Array.from({ length: 8 }, () => any(all).does('call', { key: any(KEYS) }));
      const how = any(['delete', 'clear', 'cache', 'tag']);
      const key = any(KEYS);
      const raised = await any(all).does('raise', { how, key });
      expect(raised).toMatchObject({ store: 'acknowledged' });
      const least = (raised as { number: number }).number;
      // What a process computed meanwhile is trusted there for memoryTtl, from the end of its run.
      await Promise.all(underWay);
      const checks = await Promise.all(all.map((child) => child.does('check', { key, least })));
      expect([round, how, ...checks]).toEqual([round, how, ...all.map(() => 'right')]);
    }
    const events = await Promise.all(all.map((child) => child.does('events')));
    expect(events).toEqual(all.map(() => []));
  });

  test(
    'that are killed at random moments serve no wrong or torn value afterwards, and lose no acknowledged invalidation',
    { timeout: 600_000 },
    async () => {
      const least = new Map<number, number>(KEYS.map((key) => [key, 0]));
      for (let time = 0; time < runs(20, 200); time += 1) {
        const child = await start(kind);
        for (const key of KEYS) {
          const answer = await child.does('check', { key, least: least.get(key) });
          expect([time, key, answer]).toEqual([time, key, 'right']);
        }
        expect(await child.does('events')).toEqual([]);
        await child.works(time % 8);
        // Somewhere in the middle of its work: after a few turns of ours.
        for (let turn = Math.random() * 8; turn > 0; turn -= 1) await settled();
        await child.kill();
        for (const { key, number } of child.acknowledged) {
          least.set(key, Math.max(number, least.get(key) ?? 0));
        }
      }
      const last = await start(kind);
      await last.does('close');
      const left = await readdir(join(root, 'cache', 'drafts')).catch(() => []);
      expect(left).toEqual([]);
    },
  );
});
