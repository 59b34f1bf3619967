// Runs the benchmarks: all of them, or those that are named. See README.md.
//
//   node run.mjs [hits-async keys …] [--quick] [--rounds=3] [--milliseconds=300] [--only=millpond,keyv] [--check]
import { mkdir, writeFile } from 'node:fs/promises';
import { environment } from './environment.mjs';
import { shown } from './figures.mjs';
import { writeReport } from './report.mjs';
import { benchmarks, definitionOf, runBenchmark } from './runner.mjs';
import { judge } from './targets.mjs';

const given = process.argv.slice(2);
const quick = given.includes('--quick');
const flag = (name) => given.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const names = given.filter((word) => !word.startsWith('--'));
const settings = {
  quick,
  rounds: Number(flag('rounds') ?? (quick ? 1 : 3)),
  milliseconds: Number(flag('milliseconds') ?? (quick ? 100 : 300)),
  only: flag('only')?.split(','),
};
const folder = new URL(quick ? 'results/quick/' : 'results/', import.meta.url);

for (const [name, value] of Object.entries(environment)) say(`${name}: ${value}`);
await mkdir(folder, { recursive: true });
const verdicts = [];
const failures = [];
for (const name of names.length > 0 ? names : benchmarks) {
  const definition = await definitionOf(name);
  say(`\n${definition.title}`);
  const results = await runBenchmark(name, settings, (round, rounds) => say(`  round ${round} of ${rounds}`));
  for (const of of new Set(results.map((result) => result.case))) printCase(definition, results, of);
  const judged = judge(name, definition, results);
  for (const verdict of judged) printVerdict(verdict);
  verdicts.push(...judged);
  failures.push(...results.filter(({ failed }) => failed !== undefined));
  const { area, title, about, unit, baseline, lines } = definition;
  const { only: _, ...how } = settings;
  const what = { benchmark: name, area, title, about, unit, baseline, lines };
  const report = { ...what, environment, ...how, results, targets: judged };
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(report, rounded, 1)}\n`);
}
const page = await writeReport(folder);
summarize();

/** Five digits are more than any figure has. */
function rounded(_key, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

function printCase({ unit, baseline }, results, of) {
  say(`\n  ${of}`);
  const lines = results.filter((result) => result.case === of).sort((one, other) => one.median - other.median);
  for (const { candidate, median, ratio, returns, failed } of lines) {
    const figure = failed === undefined ? shown(median, unit) : 'failed';
    const share = ratio === undefined ? '' : `${shown(ratio, 'x')} of ${baseline}`;
    say(`    ${candidate.padEnd(26)}${figure.padStart(10)}  ${share.padEnd(30)}${failed ?? returns ?? ''}`);
  }
}

function printVerdict({ area, case: of, says, unit, got, kept, off }) {
  const word = kept === undefined ? 'unknown' : kept ? 'kept' : 'MISSED';
  const by = kept === false ? `, off by ${shown(off, 'x')}` : '';
  say(`  ${word.padEnd(8)}${area}  ${of}: ${says}. Here: ${shown(got, unit)}${by}`);
}

function summarize() {
  const judged = verdicts.filter(({ kept }) => kept !== undefined);
  const missed = judged.filter(({ kept }) => kept === false);
  say(`\n${judged.length - missed.length} of ${judged.length} targets kept.`);
  for (const verdict of missed) printVerdict(verdict);
  for (const { candidate, case: of, failed } of failures) say(`  failed  ${candidate}, ${of}: ${failed}`);
  say(`The page: ${page}`);
  if (given.includes('--check') && missed.length > 0) process.exitCode = 1;
  if (failures.some(({ candidate }) => candidate.startsWith('millpond'))) process.exitCode = 1;
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
