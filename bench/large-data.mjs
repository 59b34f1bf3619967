// Large data: four columns of numbers, of 10, 50 and 100 million rows, with cacheData and with cacheResource, and beside them what
// Streamlit does with a pandas DataFrame (it is pickled when it is cached, and unpickled for each run), where Python has pandas.
//
//   node large-data.mjs [--rows=10,50,100] (millions); PYTHON says which Python, python3 by default
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environment } from './environment.mjs';
import { shown } from './figures.mjs';
import { writeReport } from './report.mjs';

const run = promisify(execFile);
const python = process.env.PYTHON ?? 'python3';
const millions = process.argv.find((word) => word.startsWith('--rows='))?.slice(7) ?? '10,50,100';
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

const candidates = {
  'cacheData, a copy each': (rows) => node(rows, 'data'),
  "cacheData, copy: 'share'": (rows) => node(rows, 'share'),
  cacheResource: (rows) => node(rows, 'resource'),
};
const pandas = await pandasVersion();
if (pandas === undefined) process.stdout.write(`${python} has no pandas: Millpond alone.\n`);
else candidates['pandas, pickled (st.cache_data)'] = (rows) => run(python, [pathOf('large_data.py'), String(rows)]);

const results = [];
for (const rows of millions.split(',').map((count) => Number(count) * 1_000_000)) {
  for (const [who, measure] of Object.entries(candidates)) {
    const result = { who, rows, ...(await outcome(measure(rows))) };
    results.push(result);
    const figures = ['alone', 'first', 'later'].map((name) => `${name} ${shown(result[name], 'ns')}`.padEnd(18));
    process.stdout.write(
      `${rows.toLocaleString('en').padStart(11)} rows  ${who.padEnd(34)}${result.failed ?? figures.join('')}\n`,
    );
  }
}

const folder = new URL('results/', import.meta.url);
await mkdir(folder, { recursive: true });
const report = {
  benchmark: 'large-data',
  title: 'Large data',
  about:
    'Four columns of numbers of 8 bytes: 320 MB for 10 million rows. Wall-clock time: of the function alone, of the first call (which computes) and of later ones, medians of three and of five. What is returned are four `Float64Array`s, or a `DataFrame`.',
  environment,
  pandas,
  results,
};
await writeFile(new URL('large-data.json', folder), `${JSON.stringify(report, undefined, 1)}\n`);
process.stdout.write(`${await writeReport(folder)}\n`);

function node(rows, mode) {
  return run(process.execPath, ['--expose-gc', pathOf('large-data-run.mjs'), String(rows), mode]);
}

/** What one process printed: nanoseconds of the function alone, of the first call and of later ones. */
async function outcome(ended) {
  try {
    const { stdout } = await ended;
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } catch (error) {
    const said = String(error.stderr ?? error)
      .trim()
      .split('\n')
      .at(-1);
    return { failed: error.signal ? `ended by ${error.signal}` : said };
  }
}

async function pandasVersion() {
  try {
    return (
      await run(python, ['-c', 'import pandas, sys; print(pandas.__version__, "Python", sys.version.split()[0])'])
    ).stdout.trim();
  } catch {
    return undefined;
  }
}
