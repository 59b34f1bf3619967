import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './redis.js';
import { describeWithServer } from './server.js';

/** A real PostgreSQL server of this test file alone: on a free loopback port, its data in a folder of its own. */
export interface PostgresServer {
  readonly port: number;
  /** Ends it and every connection to it at once, and removes its folder. */
  stop(): Promise<void>;
}

/** Debian keeps the programs of each version apart, and off the PATH. */
const DEBIAN = '/usr/lib/postgresql';
const READY = 'database system is ready to accept connections';

/** The folder of the programs, with its slash; empty when they are on the PATH. */
function findPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => `${DEBIAN}/${version}/bin/`) : [];
  return ['', ...versions.toReversed()].find((folder) =>
    ['initdb', 'postgres'].every((program) => spawnSync(`${folder}${program}`, ['--version']).status === 0),
  );
}

/** PostgreSQL refuses to run as root: then it runs as somebody who can do less. */
function somebodyElse(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** Makes and starts a server with a user `postgres`, who needs no password. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'millpond-postgres-'));
  const user = somebodyElse();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const how = { ...user, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C', HOME: folder } };
  const data = join(folder, 'data');
  const made = spawnSync(`${programs}initdb`, ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], how);
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stderr?.toString() ?? String(made.error)}`);
  const port = await freePort();
  const options = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-F'];
  const child = spawn(`${programs}postgres`, options, { ...how, stdio: ['ignore', 'ignore', 'pipe'] });
  const orphan = (): void => void child.kill('SIGQUIT');
  process.once('exit', orphan);
  await ready(child);
  return {
    port,
    async stop() {
      const ended = once(child, 'exit');
      // Immediate: it ends its own processes, and waits for nobody.
      child.kill('SIGQUIT');
      await ended;
      process.removeListener('exit', orphan);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(READY)) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`postgres ended before it was ready:\n${said}`)));
  });
}

/** A `describe` with a real PostgreSQL server; see {@link describeWithServer}. */
export function describeWithPostgres(name: string, tests: (server: () => PostgresServer) => void): void {
  const programs = findPrograms();
  describeWithServer(
    {
      what: 'PostgreSQL server',
      isInstalled: () => programs !== undefined,
      how: 'Debian and Ubuntu, as root: npm run test:servers. Elsewhere, put initdb and postgres on the PATH.',
      start: () => startPostgres(programs ?? ''),
    },
    name,
    tests,
  );
}
