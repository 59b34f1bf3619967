import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tsc } from '../../support/node.js';
import { startLocal, type LocalProcess } from '../support/local-process.js';

const NOBODY = 65_534;
let root = '';
let processes: LocalProcess[] = [];
let mounted = false;

beforeAll(async () => {
  const built = await tsc(['-b', 'packages/core']);
  if (built.code !== 0) throw new Error(built.stdout);
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millpond-faults-'));
  // For the process that becomes nobody.
  await chmod(root, 0o755);
  for (const folder of ['truth', 'disk']) await mkdir(join(root, folder));
  for (let key = 0; key < 40; key += 1) await writeFile(join(root, 'truth', String(key)), String(key));
});
afterEach(async () => {
  await Promise.all(processes.map((child) => child.kill()));
  processes = [];
  if (mounted) execFileSync('umount', [join(root, 'disk')]);
  mounted = false;
  await rm(root, { recursive: true, force: true });
});

const path = (): string => join(root, 'disk', 'cache');

async function start(kind: string): Promise<LocalProcess> {
  const child = await startLocal(kind, path(), join(root, 'truth'), 256);
  processes.push(child);
  return child;
}

/** Mounts a file system of a size on the folder of the disk. */
function mount(size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', join(root, 'disk')], { stdio: 'pipe' });
  mounted = true;
}

function remount(how: string): void {
  execFileSync('mount', ['-o', `remount,${how}`, join(root, 'disk')]);
}

/** Only root may, and not in every container. */
function mayMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

interface Fault {
  readonly name: string;
  /** What the events say, by kind of store. */
  readonly says: { readonly disk: RegExp; readonly lmdb: RegExp };
  readonly before?: () => unknown;
  readonly breaks: (child: LocalProcess) => unknown;
  readonly mends: (child: LocalProcess) => unknown;
}

const filler = (): string => join(root, 'disk', 'filler');
const aside = (): string => join(root, 'aside');

/** Takes all room but for a little. */
async function fill(): Promise<void> {
  await writeFile(filler(), Buffer.alloc(8 << 20)).catch(() => undefined);
}

const faults: readonly Fault[] = [
  {
    name: 'without permission',
    says: { disk: /EACCES/, lmdb: /EACCES|[Pp]ermission denied/ },
    breaks: async (child) => {
      await chmod(join(root, 'disk'), 0o700);
      await child.does('become', { uid: NOBODY });
    },
    mends: () => chmod(join(root, 'disk'), 0o777),
  },
  {
    name: 'whose path is a file',
    says: { disk: /ENOTDIR/, lmdb: /EEXIST|ENOTDIR/ },
    breaks: () => writeFile(path(), 'in the way'),
    mends: () => unlink(path()),
  },
  {
    name: 'whose path leads in a circle',
    says: { disk: /ELOOP/, lmdb: /ELOOP|EEXIST/ },
    breaks: async () => {
      await symlink(path(), aside());
      await symlink(aside(), path());
    },
    mends: () => unlink(path()),
  },
  {
    name: 'of a process that has no more files to open',
    says: { disk: /EMFILE/, lmdb: /EMFILE|[Tt]oo many open files/ },
    breaks: (child) => child.does('exhaust', { keys: 40 }),
    mends: (child) => child.does('relieve'),
  },
];

const mountedFaults: readonly Fault[] = [
  {
    name: 'that is full',
    says: { disk: /ENOSPC/, lmdb: /ENOSPC|No space left/ },
    before: () => mount('4m'),
    breaks: fill,
    mends: () => unlink(filler()),
  },
  {
    name: 'that can only be read',
    says: { disk: /EROFS/, lmdb: /EROFS|[Rr]ead-only/ },
    before: () => mount('4m'),
    breaks: () => remount('ro'),
    mends: () => remount('rw'),
  },
];

async function rightAnswers(child: LocalProcess, keys: number): Promise<void> {
  for (let key = 0; key < keys; key += 1) {
    expect([key, await child.does('check', { key, least: 0 })]).toEqual([key, 'right']);
  }
}

function faultsAreToldAndOver(kind: 'disk' | 'lmdb', { name, says, before, breaks, mends }: Fault): void {
  test(`${name} costs computations and events, and is used again when that is over`, async () => {
    await before?.();
    const child = await start(kind);
    await breaks(child);
    await rightAnswers(child, 40);
    await child.does('flush');
    const told = (await child.does('events')) as string[];
    expect(told.join('\n')).toMatch(says[kind]);
    expect(told.filter((event) => event.includes('storeDamaged'))).toEqual([]);
    await mends(child);
    await child.does('advance', { ms: 30_000 });
    await rightAnswers(child, 40);
    await child.does('advance', { ms: 30_000 });
    await rightAnswers(child, 40);
    await child.does('flush');
    // It may have been tried, and failed again, in between.
    const all = [...told, ...((await child.does('events')) as string[])].map((event) => event.trim());
    expect(all.lastIndexOf('storeDegraded')).toBeLessThanOrEqual(all.lastIndexOf('storeRecovered'));
    // What it has kept now is there for another process.
    const other = await start(kind);
    await rightAnswers(other, 40);
    expect(await other.does('runs')).toBe(0);
    const drafts = await readdir(join(path(), 'drafts')).catch(() => []);
    expect(drafts).toEqual([]);
  });
}

describe.each(['disk', 'lmdb'] as const)('a %s store', (kind) => {
  for (const fault of faults) faultsAreToldAndOver(kind, fault);

  describe.skipIf(!mayMount())('on a file system of its own', () => {
    for (const fault of mountedFaults) faultsAreToldAndOver(kind, fault);
  });

  test('whose folder vanishes and comes back goes on', async () => {
    const child = await start(kind);
    await rightAnswers(child, 5);
    await child.does('flush');
    await rename(path(), aside());
    await rightAnswers(child, 10);
    await child.does('flush');
    await rm(path(), { recursive: true, force: true });
    await rename(aside(), path());
    await rightAnswers(child, 10);
    expect(await child.does('events')).toEqual([]);
  });
});
