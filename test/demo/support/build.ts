import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Compiles the demo as `npm start` does, which is next to nothing when it is up to date. */
export async function buildDemo(): Promise<void> {
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
  try {
    await promisify(execFile)(process.execPath, [tsc, '-b', 'examples/flights', 'examples/flights/src/page'], {
      cwd: ROOT,
    });
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`The demo does not compile:\n${output}`, { cause: error });
  }
}
