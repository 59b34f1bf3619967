// One size and one way, in this process alone: prints nanoseconds as JSON. Started by large-data.mjs.
import { createCache } from '@millpond/core';
import { median } from './statistics.mjs';

const [rows, mode] = [Number(process.argv[2]), process.argv[3]];

/** Four columns of numbers. */
async function load() {
  return Object.fromEntries(['a', 'b', 'c', 'd'].map((name, column) => [name, numbers(column + 1)]));
}

function numbers(factor) {
  const column = new Float64Array(rows);
  for (let index = 0; index < rows; index += 1) column[index] = (index % 1000) * factor * 0.5;
  return column;
}

const cache = createCache({ maxBytes: 64 * rows });
const cached =
  mode === 'resource' ? cache.cacheResource(load) : cache.cacheData(load, mode === 'share' ? { copy: 'share' } : {});

/** How long a call takes, in nanoseconds, once what nobody holds any more is gone. */
async function timeOf(call) {
  globalThis.gc();
  const before = process.hrtime.bigint();
  const value = await call();
  const took = Number(process.hrtime.bigint() - before);
  if (value.d[rows - 1] !== ((rows - 1) % 1000) * 2) throw new Error('This is not what was computed.');
  return took;
}

/** The median of some calls, before each of which `prepare` is called. */
async function medianOf(calls, call, prepare) {
  const times = [];
  for (let index = 0; index < calls; index += 1) {
    await prepare?.();
    times.push(await timeOf(call));
  }
  return median(times);
}

const alone = await medianOf(3, load);
const first = await medianOf(3, cached, () => cached.clear());
const later = await medianOf(5, cached);
if (cached.stats().runs !== 3) throw new Error(`It was computed ${cached.stats().runs} times, not 3.`);
process.stdout.write(`${JSON.stringify({ alone, first, later })}\n`);
