// Makes the page of the results that are there: node report.mjs [--quick]
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { page } from './report/page.mjs';
import { benchmarks } from './runner.mjs';

const RESULTS = new URL('results/', import.meta.url);
const QUICK = new URL('results/quick/', import.meta.url);

/** Writes the page of the results in a folder, and says where. That of a quick run stays beside them. */
export async function writeReport(folder) {
  const target = folder.href === QUICK.href ? new URL('report.html', folder) : new URL('report.html', import.meta.url);
  const reports = [...benchmarks, 'large-data'].map((name) => read(new URL(`${name}.json`, folder)));
  await writeFile(target, page(reports.filter((report) => report !== undefined)));
  return fileURLToPath(target);
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
  const written = await writeReport(process.argv.includes('--quick') ? QUICK : RESULTS);
  process.stdout.write(`${written}\n`);
}
