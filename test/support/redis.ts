import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithServer } from './server.js';

/** A real Redis server of this test file alone: on a free loopback port, in a folder of its own, nothing kept on disk. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Stops answering without closing its connections, as a hung machine does. */
  pause(): void;
  resume(): void;
  /** Dies without a word. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
  /** Ends it, whatever its state, and removes its folder. */
  stop(): Promise<void>;
}

const READY = 'Ready to accept connections';

/** Makes and starts a server, on a free port unless one is given; `more` are options of `redis-server`. */
export async function startRedis(given?: number, more: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'millpond-redis-'));
  const port = given ?? (await freePort());
  let child: ChildProcess | undefined;
  const orphan = (): void => void child?.kill('SIGKILL');
  process.once('exit', orphan);

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  async function start(): Promise<void> {
    child = await run(port, folder, more);
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    kill,
    start,
    async stop() {
      await kill();
      process.removeListener('exit', orphan);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(port: number, folder: string, more: readonly string[]): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', [...options, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(READY)) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`redis-server ended before it was ready:\n${said}`)));
  });
  return child;
}

/** A loopback port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

/** A `describe` with a real Redis server; see {@link describeWithServer}. */
export function describeWithRedis(name: string, tests: (redis: () => RedisServer) => void): void {
  describeWithServer(
    {
      what: 'Redis server',
      isInstalled: () => spawnSync('redis-server', ['--version']).status === 0,
      how: 'Debian and Ubuntu, as root: npm run test:servers. Elsewhere, put redis-server on the PATH.',
      start: () => startRedis(),
    },
    name,
    tests,
  );
}
