import { existsSync } from 'node:fs';
import { createCache } from '@millpond/core';
import { createAnswers } from './answers.js';
import { createApi } from './api.js';
import { startExpress } from './apps/express.js';
import { startFastify } from './apps/fastify.js';
import { startNest } from './apps/nest.js';
import type { RunningApp } from './listen.js';
import { readSettings, USAGE, type Settings } from './settings.js';
import { createTerminal } from './terminal.js';
import type { DatabaseStatus } from './wire.js';

/** The database lies beside what the cache keeps on disk, in the working folder. */
const DATABASE = '.millpond/flights.db';

/** Who presses Ctrl-C wants to be gone: what is not closed by then is left behind, in milliseconds. */
const EXIT_LIMIT = 20_000;

async function start({ ports }: Settings): Promise<void> {
  const terminal = createTerminal(process.stdout);
  const ending = new AbortController();
  const apps: RunningApp[] = [];
  let status: DatabaseStatus = { state: 'closed', loaded: 0, total: 0 };

  // One cache for all three; what data functions return is kept in .millpond/flights, across restarts.
  const cache = createCache({ name: 'flights', persist: 'disk', readDeadline: '1s' });
  const answers = createAnswers({
    cache,
    file: DATABASE,
    signal: ending.signal,
    onStatus(next) {
      if (next.state !== status.state || next.state === 'loading') terminal.database(next);
      status = next;
    },
    onRelease: (reason) => terminal.say(`  Database closed and released (${reason}).`),
  });
  const servers = (): { name: string; url: string }[] => apps.map(({ name, url }) => ({ name, url }));
  const api = createApi({ cache, answers, databaseStatus: () => status, servers });

  async function end(): Promise<void> {
    ending.abort(new Error('The demo is ending.'));
    await Promise.all(apps.map((app) => app.close()));
    await cache.close();
  }
  endOnSignal(end);

  const parts = { api, cache, answers };
  apps.push(await startFastify({ ...parts, port: ports[0] }));
  apps.push(await startExpress({ ...parts, port: ports[1] }));
  apps.push(await startNest({ ...parts, port: ports[2] }));
  terminal.welcome(apps);

  // The first start loads the flights while you read; later ones open the database when a question needs it.
  if (existsSync(DATABASE)) return terminal.say('  The database opens at the first miss.');
  try {
    await answers.database();
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  }
}

/** The first signal ends the demo in order; a second one ends it at once. */
function endOnSignal(end: () => Promise<void>): void {
  let ended = false;
  const onSignal = (): void => {
    if (ended) process.exit(1);
    ended = true;
    // Nothing is left to do when all is closed: Node ends on its own. This is for what does not close.
    setTimeout(() => process.exit(1), EXIT_LIMIT).unref();
    end().catch(fail);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

function main(): void {
  let settings: Settings | undefined;
  try {
    settings = readSettings(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (settings === undefined) console.log(USAGE);
  else start(settings).catch(fail);
}

main();
