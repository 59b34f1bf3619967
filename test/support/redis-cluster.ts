import { spawnSync } from 'node:child_process';
import { freePort, startRedis } from './redis.js';
import { describeWithServer } from './server.js';

/** Three nodes of a real Redis Cluster, without replicas: each has a third of the keys. */
export interface RedisCluster {
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

/** A `describe` with a real Redis Cluster; see {@link describeWithServer}. */
export function describeWithRedisCluster(name: string, tests: (cluster: () => RedisCluster) => void): void {
  describeWithServer(
    {
      what: 'Redis Cluster',
      isInstalled: () => ['redis-server', 'redis-cli'].every((it) => spawnSync(it, ['--version']).status === 0),
      how: 'Debian and Ubuntu, as root: npm run test:servers. Elsewhere, put redis-server and redis-cli on the PATH.',
      start: startCluster,
    },
    name,
    tests,
  );
}

async function startCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all([1, 2, 3].map(startNode));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const made = spawnSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`redis-cli could not make a cluster:\n${made.stdout}${made.stderr}`);
  // Each node hears of the others in its own time, and a client asks any of them, once.
  for (const { port } of nodes) {
    while (!knowsAll(port)) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    urls: nodes.map(({ url }) => url),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function startNode(): ReturnType<typeof startRedis> {
  // The port on which nodes talk to each other is 10,000 above by default, which may be more than there are.
  const bus = await freePort();
  return startRedis(undefined, ['--cluster-enabled', 'yes', '--cluster-port', String(bus)]);
}

function knowsAll(port: number): boolean {
  const ask = (what: string): string =>
    spawnSync('redis-cli', ['-p', String(port), 'cluster', what], { encoding: 'utf8' }).stdout;
  const ranges = ask('nodes').match(/connected \d+-\d+/g) ?? [];
  return ask('info').includes('cluster_state:ok') && ranges.length === 3;
}
