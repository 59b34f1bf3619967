import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildPackages, root } from '../support/node.js';

interface App {
  readonly url: string;
  /** What it has printed, line by line. */
  readonly lines: readonly string[];
  /** Ends it as Ctrl-C does; resolves with its exit code, or the signal that killed it. */
  stop(): Promise<number | NodeJS.Signals>;
}

let running: ChildProcess | undefined;

beforeAll(() => buildPackages('examples'), 180_000);

afterEach(() => {
  running?.kill('SIGKILL');
  running = undefined;
});

async function start(name: string): Promise<App> {
  const child = spawn(process.execPath, [join(root, `examples/dist/${name}.js`)], {
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = child;
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on('line', (line) => lines.push(line));
  const exited = once(child, 'exit');
  const ended = exited.then(([code]) => Promise.reject(new Error(`${name} ended with ${code} before it listened`)));
  await Promise.race([once(output, 'line'), ended]);
  return {
    url: lines[0] ?? '',
    lines,
    async stop() {
      const drained = once(output, 'close');
      child.kill('SIGTERM');
      const [code, signal] = await exited;
      await drained;
      running = undefined;
      return code ?? signal;
    },
  };
}

describe.each(['fastify', 'express', 'nest'])('examples/%s.ts', (name) => {
  test('starts, answers the second time from the cache, forgets when told, and ends when asked', async () => {
    const app = await start(name);
    const ask = async (path: string, method = 'GET'): Promise<Response> => {
      const response = await fetch(`${app.url}${path}`, { method });
      expect(response.status).toBe(200);
      return response;
    };

    const first = await (await ask('/weather/oslo')).json();
    expect(first).toEqual({ city: 'oslo', degrees: expect.any(Number), at: expect.any(String) });
    expect(await (await ask('/weather/oslo')).json()).toEqual(first);

    const report = await ask('/report/oslo');
    expect(await report.json()).toEqual({ report: first });
    const again = await ask('/report/oslo');
    expect(await again.json()).toEqual({ report: first });
    if (name !== 'nest') {
      expect(report.headers.get('cache-status')).toBe('Millpond; fwd=uri-miss; stored');
      expect(again.headers.get('cache-status')).toMatch(/^Millpond; hit; ttl=\d+$/);
    }

    expect(await (await ask('/weather/oslo', 'DELETE')).json()).toEqual({ store: 'none' });
    const later = await (await ask('/weather/oslo')).json();
    expect(later).not.toEqual(first);

    expect(await app.stop()).toBe(name === 'nest' ? 'SIGTERM' : 0);
    expect(app.lines).toEqual([app.url, 'The station is closed.']);
  });
});
