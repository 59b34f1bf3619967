import { createClient } from '@keyv/redis';
import { startRedis, type RedisServer } from '../../support/redis.js';

/** One way in which a Redis server can be of no use. */
export interface RedisFault {
  readonly name: string;
  /** The server is not there when the cache is made. */
  readonly isAtStart?: boolean;
  /** Begins it; resolves with what ends it, and resolves when the server could be used again. */
  readonly begin: (server: RedisServer) => Promise<() => Promise<void>>;
}

export const REDIS_FAULTS: readonly RedisFault[] = [
  {
    name: 'killed',
    async begin(server) {
      await server.kill();
      return () => server.start();
    },
  },
  {
    name: 'stopped (SIGSTOP)',
    async begin(server) {
      server.pause();
      return async () => server.resume();
    },
  },
  {
    name: 'down at start',
    isAtStart: true,
    async begin(server) {
      await server.kill();
      return () => server.start();
    },
  },
  {
    // A replica of a master that is not there: what it has can be read.
    name: 'READONLY',
    begin: (server) => command(server, ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']),
  },
  {
    name: 'out of memory',
    begin: (server) => command(server, ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']),
  },
  {
    name: 'FLUSHALL, 10 a second',
    async begin(server) {
      const stop = await command(server, ['FLUSHALL'], ['PING']);
      return repeat(100, [() => command(server, ['FLUSHALL'], ['PING']).then((end) => end())], stop);
    },
  },
  {
    name: 'flapping (0.3 s stopped, 0.2 s not)',
    async begin(server) {
      server.pause();
      const turns = [300, 200];
      return repeat(turns, [() => server.resume(), () => server.pause()], () => server.resume());
    },
  },
];

/** Makes a server that is there, or will be. */
export async function serverFor(fault: RedisFault): Promise<RedisServer> {
  const server = await startRedis();
  if (fault.isAtStart === true) await server.kill();
  return server;
}

/** Sends one command now, and another at the end. */
async function command(server: RedisServer, first: string[], last: string[]): Promise<() => Promise<void>> {
  const client = createClient({ url: server.url });
  await client.connect();
  await client.sendCommand(first);
  return async () => {
    await client.sendCommand(last);
    await client.close();
  };
}

/** Takes one step after another, with pauses between them, until it is stopped. */
function repeat(
  pauses: number | readonly number[],
  steps: readonly (() => unknown)[],
  stop: () => unknown,
): () => Promise<void> {
  let turn = 0;
  let under: Promise<unknown> = Promise.resolve();
  const next = (): NodeJS.Timeout => {
    const pause = typeof pauses === 'number' ? pauses : pauses[turn % pauses.length];
    return setTimeout(() => {
      under = Promise.resolve(steps[turn % steps.length]?.());
      turn += 1;
      timer = next();
    }, pause);
  };
  let timer = next();
  return async () => {
    clearTimeout(timer);
    await under;
    await stop();
  };
}
