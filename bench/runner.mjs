import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, shuffled } from './statistics.mjs';

const MEASURE = fileURLToPath(new URL('measure.mjs', import.meta.url));
/** Nothing takes so long that goes on. */
const LONGEST = 300_000;

/** The names of all benchmarks, in the order of the report. */
export const benchmarks = [
  'hits-async',
  'hits-sync',
  'keys',
  'copies',
  'codec-decode',
  'codec-encode',
  'codec-size',
  'store-hits',
  'stampede',
  'turns',
  'memory',
  'growth',
];

/** What a benchmark is: see README.md. */
export async function definitionOf(name) {
  if (!benchmarks.includes(name))
    throw new Error(`There is no benchmark ${name}. There are: ${benchmarks.join(', ')}.`);
  const { default: definition } = await import(new URL(`benchmarks/${name}.mjs`, import.meta.url).href);
  return definition;
}

/**
 * Runs one benchmark: each figure in a process of its own, each round in another order. `told` hears of each round. The results
 * have a `median`, its `ratio` to the baseline of its case, all `values`, and what the candidate `returns`; or `failed`.
 */
export async function runBenchmark(name, { rounds, milliseconds, quick, only }, told) {
  const definition = await definitionOf(name);
  const tasks = tasksOf(definition, quick, only);
  const times = definition.once === true ? 1 : rounds;
  for (let round = 1; round <= times; round += 1) {
    told(round, times);
    for (const task of shuffled(tasks)) await measure(name, definition, task, milliseconds);
  }
  return tasks.map((task) => resultOf(task, tasks, definition.baseline));
}

function tasksOf(definition, quick, only) {
  const { cases, candidates } = { ...definition, ...(quick ? definition.quick : {}) };
  const wanted = candidates.filter((candidate) => only === undefined || only.includes(candidate));
  const pairs = wanted.flatMap((candidate) => cases.map((of) => ({ candidate, case: of, values: [] })));
  return pairs.filter((task) => definition.isPossible?.(task.candidate, task.case) ?? true);
}

/** Adds one figure to a task, with a server of its own where the benchmark needs one. */
async function measure(name, definition, task, milliseconds) {
  if (task.failed !== undefined) return;
  const server = await definition.start?.();
  try {
    const settings = JSON.stringify({ url: server?.url, milliseconds });
    const command = [...(definition.node ?? []), MEASURE, name, task.candidate, task.case, settings];
    const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: LONGEST });
    const { figure, returns } = JSON.parse(stdout.trim().split('\n').at(-1));
    task.values.push(figure);
    task.returns = returns;
  } catch (error) {
    task.failed = reasonOf(error);
  } finally {
    await server?.stop();
  }
}

function reasonOf(error) {
  const lines = String(error.stderr ?? error).split('\n');
  return (lines.find((line) => /Error/.test(line)) ?? lines[0]).trim().slice(0, 200);
}

function resultOf({ candidate, case: of, values, returns, failed }, tasks, baseline) {
  if (failed !== undefined) return { candidate, case: of, failed };
  const base = tasks.find((task) => task.candidate === baseline && task.case === of);
  const figure = median(values);
  const ratio = base === undefined || base.failed !== undefined ? undefined : figure / median(base.values);
  return { candidate, case: of, median: figure, ratio, returns, values };
}
