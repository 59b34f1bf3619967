import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Starts a Redis server on a free loopback port, in a folder of its own, that keeps nothing on disk. */
export async function startRedis() {
  const folder = await mkdtemp(join(tmpdir(), 'millpond-bench-'));
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const orphan = () => void server.kill('SIGKILL');
  process.once('exit', orphan);
  let said = '';
  await new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new Error('redis-server is not on the PATH: install it.', { cause })));
    server.once('exit', () => reject(new Error(`redis-server ended before it was ready:\n${said}`)));
    server.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('Ready to accept connections')) resolve();
    });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    version: /version=([\d.]+)/.exec(said)?.[1] ?? 'unknown',
    async stop() {
      process.removeListener('exit', orphan);
      server.kill('SIGKILL');
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
