import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../examples/flights/dist/main.js', import.meta.url));

/** How long a call that should end by itself may run, in milliseconds: one that does not is a failure, and ended. */
const RUN_LIMIT = 20_000;

/** The names of the three servers, in the order in which they start. */
export const SERVERS = ['Fastify', 'Express', 'Nest'] as const;
export type ServerName = (typeof SERVERS)[number];

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The demo, in a process of its own. */
export interface Demo {
  readonly urls: Readonly<Record<ServerName, string>>;
  /** What it has said so far. */
  output(): string;
  /** Resolves when it has said this. */
  said(pattern: RegExp): Promise<void>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

/** A place for demos that share what they keep: a folder, which is their working folder. */
export interface DemoPlace {
  readonly folder: string;
  /** Starts a demo on any free ports, or on these. */
  start(ports?: string): Promise<Demo>;
  /** Ends what still runs, and removes the folder. */
  clean(): Promise<void>;
}

/** Makes an empty place. */
export async function createPlace(): Promise<DemoPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'millpond-demo-'));
  const children: ChildProcess[] = [];
  return {
    folder,
    async start(ports = '0,0,0') {
      const { child, output, said, ended } = run(folder, ['--ports', ports]);
      children.push(child);
      await said(/Three things to try/u);
      return {
        urls: {
          Fastify: urlIn(output(), 'Fastify'),
          Express: urlIn(output(), 'Express'),
          Nest: urlIn(output(), 'Nest'),
        },
        output,
        said,
        end(signal) {
          child.kill(signal);
          return ended;
        },
      };
    },
    async clean() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs the demo to its end, for calls that do not start it. */
export async function runToEnd(...args: string[]): Promise<Ended & { readonly output: string }> {
  const { output, ended } = run(tmpdir(), args, RUN_LIMIT);
  return { ...(await ended), output: output() };
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly output: () => string;
  readonly said: (pattern: RegExp) => Promise<void>;
}

function run(cwd: string, args: readonly string[], timeout = 0): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, timeout, stdio: ['ignore', 'pipe', 'pipe'] });
  const orphan = (): void => void child.kill('SIGKILL');
  process.once('exit', orphan);
  let output = '';
  const onOutput = (chunk: Buffer): void => {
    output += chunk.toString();
    child.emit('said');
  };
  child.stdout.on('data', onOutput);
  child.stderr.on('data', onOutput);
  // 'close' comes when the output is complete, too.
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      process.removeListener('exit', orphan);
      child.emit('said');
      resolve({ code, signal });
    });
  });
  return {
    child,
    ended,
    output: () => output,
    async said(pattern) {
      while (!pattern.test(output)) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`The demo ended before it said ${pattern}:\n${output}`);
        }
        await once(child, 'said');
      }
    },
  };
}

function urlIn(output: string, name: ServerName): string {
  const found = new RegExp(`^ +${name} +(http://127\\.0\\.0\\.1:\\d+)/`, 'mu').exec(output)?.[1];
  if (found === undefined) throw new Error(`The demo did not say where ${name} listens:\n${output}`);
  return found;
}
