// Runs a benchmark: each candidate and case in a process of its own, in rounds of shuffled order; medians; JSON results.
//
//   node run.mjs store-hits [--rounds=5] [--milliseconds=1000] [--only=millpond,keyv] [--check]
//
// With --check the exit code is 1 when a limit of the benchmark is exceeded.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environment } from './environment.mjs';

const [benchmark = '', ...flags] = process.argv.slice(2);
const flag = (name) => flags.find((given) => given.startsWith(`--${name}=`))?.split('=')[1];
const rounds = Number(flag('rounds') ?? 5);
const milliseconds = Number(flag('milliseconds') ?? 1000);

const { default: definition } = await import(new URL(`${benchmark}.mjs`, import.meta.url).href);
const candidates = flag('only')?.split(',') ?? definition.candidates;
const tasks = candidates.flatMap((candidate) => definition.cases.map((name) => ({ candidate, name, values: [] })));

process.stdout.write(`${definition.title}\n`);
for (const [name, value] of Object.entries(environment)) process.stdout.write(`  ${name}: ${value}\n`);

for (let round = 1; round <= rounds; round += 1) {
  process.stdout.write(`round ${round} of ${rounds}\n`);
  for (const task of shuffled(tasks)) task.values.push(await measured(task));
}

const results = tasks.map(({ candidate, name, values }) => ({
  candidate,
  case: name,
  median: median(values),
  ratio:
    median(values) /
    median(tasks.find((task) => task.candidate === definition.baseline && task.name === name)?.values ?? []),
  limit: definition.limits?.[candidate]?.[name],
  values,
}));
for (const name of definition.cases) print(name);
const folder = new URL('results/', import.meta.url);
await mkdir(folder, { recursive: true });
const report = {
  benchmark,
  title: definition.title,
  unit: definition.unit,
  environment,
  rounds,
  milliseconds,
  results,
};
await writeFile(new URL(`${benchmark}.json`, folder), `${JSON.stringify(report, undefined, 2)}\n`);
const exceeded = results.filter(({ ratio, limit }) => limit !== undefined && ratio > limit);
if (flags.includes('--check') && exceeded.length > 0) process.exitCode = 1;

/** One figure, with a server of its own where the benchmark needs one. */
async function measured({ candidate, name }) {
  const server = await definition.start?.();
  try {
    const script = fileURLToPath(new URL('measure.mjs', import.meta.url));
    const settings = JSON.stringify({ url: server?.url, milliseconds });
    const { stdout } = await promisify(execFile)(process.execPath, [script, benchmark, candidate, name, settings]);
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } finally {
    await server?.stop();
  }
}

function shuffled(list) {
  const order = list.map((item) => ({ item, at: Math.random() }));
  return order.sort((one, other) => one.at - other.at).map(({ item }) => item);
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function print(name) {
  process.stdout.write(`\n${name}\n`);
  const lines = results.filter((result) => result.case === name).sort((one, other) => one.median - other.median);
  for (const { candidate, median: figure, ratio, limit } of lines) {
    const bound = limit === undefined ? '' : `  (at most ${limit}: ${ratio <= limit ? 'kept' : 'EXCEEDED'})`;
    const share = `${ratio.toFixed(2)} of ${definition.baseline}`;
    process.stdout.write(
      `  ${candidate.padEnd(14)}${figure.toFixed(2).padStart(10)} ${definition.unit}  ${share}${bound}\n`,
    );
  }
}
