// Makes the page of the results that are there: node report.mjs [--quick]
// With --docs, also the tables of docs/performance.md.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { filledIn } from './report/markdown.mjs';
import { page } from './report/page.mjs';
import { benchmarks } from './runner.mjs';

const RESULTS = new URL('results/', import.meta.url);
const DOCS = new URL('../docs/performance.md', import.meta.url);
const QUICK = new URL('results/quick/', import.meta.url);

/** Writes the page of the results in a folder, and says where. That of a quick run stays beside them. */
export async function writeReport(folder) {
  const target = folder.href === QUICK.href ? new URL('report.html', folder) : new URL('report.html', import.meta.url);
  await writeFile(target, page(reportsIn(folder)));
  return fileURLToPath(target);
}

function reportsIn(folder) {
  const found = [...benchmarks, 'large-data'].map((name) => read(new URL(`${name}.json`, folder)));
  return found.filter((report) => report !== undefined);
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv.includes('--quick') ? QUICK : RESULTS;
  const written = await writeReport(folder);
  if (process.argv.includes('--docs')) await writeFile(DOCS, filledIn(readFileSync(DOCS, 'utf8'), reportsIn(folder)));
  process.stdout.write(`${written}\n`);
}
