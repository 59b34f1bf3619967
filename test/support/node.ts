import { execFile, type ExecFileException } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** What a program of Node wrote, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a JavaScript file with the Node that runs the tests, in a folder of its own that is gone afterwards. */
export async function runNode(args: readonly string[], cwd?: string): Promise<Ended> {
  const folder = cwd ?? mkdtempSync(join(tmpdir(), 'millpond-docs-'));
  try {
    return await new Promise<Ended>((resolve) => {
      const env = { PATH: process.env['PATH'], TZ: 'UTC', NO_COLOR: '1' };
      execFile(process.execPath, args, { cwd: folder, env, timeout: 25_000 }, (error, stdout, stderr) => {
        resolve({ code: exitCode(error), stdout, stderr });
      });
    });
  } finally {
    if (cwd === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function exitCode(error: ExecFileException | null): number {
  if (error === null) return 0;
  return typeof error.code === 'number' ? error.code : -1;
}

/** Brings the built packages up to date: examples run on them, as a reader's programs would. */
export async function buildPackages(...others: readonly string[]): Promise<void> {
  const projects = ['core', 'fastify', 'express', 'nest'].map((name) => `packages/${name}`);
  const { code, stdout } = await tsc(['-b', ...projects, ...others]);
  if (code !== 0) throw new Error(`The packages do not build:\n${stdout}`);
}

/** Runs the compiler. */
export function tsc(args: readonly string[]): Promise<Ended> {
  return runNode([join(root, 'node_modules/typescript/bin/tsc'), ...args, '--pretty', 'false'], root);
}
