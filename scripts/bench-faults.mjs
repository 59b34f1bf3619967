// Lets a real Redis fail in seven ways, each for 3 s under 200 calls a second of a function that takes 2 ms, and tells
// what that cost the callers. Usage: npm run bench:faults [-- --json <file>]
// The battery is test/core/faults: it judges what is right, this tells how long it took on this machine.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEADLINE = 50;
const COMPUTE = 2;

const folder = mkdtempSync(join(tmpdir(), 'millpond-faults-'));
const file = join(folder, 'figures');
const env = { ...process.env, CI: 'true', MILLPOND_FIGURES: file };
const command = ['node_modules/vitest/vitest.mjs', 'run', 'test/core/faults', '--reporter=dot'];
const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'], env });
const figures = readFigures();
rmSync(folder, { recursive: true, force: true });

const json = process.argv.indexOf('--json');
const target = process.argv[json + 1];
if (json !== -1 && target !== undefined) writeFileSync(target, `${JSON.stringify(figures, undefined, 2)}\n`);

const heads = [
  'fault',
  'calls',
  'wrong',
  'errors',
  'p99 before',
  'p99 asked',
  'p99 open',
  'p99 timer',
  'opened',
  'in use',
];
const rows = figures.map((seen) => [
  seen.fault,
  seen.calls,
  seen.wrong,
  seen.errors + seen.unhandledRejections,
  ms(seen.p99Before),
  ms(seen.p99Asked),
  ms(seen.p99Open),
  ms(seen.p99Timer),
  ms(seen.openedAfter),
  ms(seen.inUseAfter),
]);
for (const row of [heads, heads.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
console.log(`
asked: while the fault lasts and the store is still asked; aimed at ${DEADLINE + COMPUTE + 25} ms at most (deadline, computing, 25).
timer: what a plain timer of ${COMPUTE} ms took meanwhile, on this machine.
open: from when the breaker has opened; aimed at ${COMPUTE + 5} ms at most. opened: after the fault began. in use: after it ended; aimed at 2000 ms at most.`);
if (status !== 0) {
  console.error('The battery failed: npx vitest run test/core/faults tells what.');
  process.exitCode = 1;
}

/** @returns {import('../test/core/faults/storm.js').Figures[]} */
function readFigures() {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

/** @param {number | undefined} time */
function ms(time) {
  return time === undefined ? '' : `${Math.round(time)} ms`;
}
