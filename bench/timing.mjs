import { setImmediate as turn } from 'node:timers/promises';
import { cpuMicroseconds } from './cpu.mjs';
import { median } from './statistics.mjs';

const SAMPLES = 5;
/** What compilers need until they have done what they will do, in milliseconds. */
const WARM = 200;

/**
 * The CPU time of one round of `loop`, in nanoseconds. `loop(count)` does something so many times, and may be asynchronous.
 * It is run for so many milliseconds to warm up (200 at least) and for as many to measure: the median of five samples, between
 * which the event loop turns, so that timers and the like of whoever is measured are served.
 */
export async function timed(loop, milliseconds) {
  const each = milliseconds / SAMPLES;
  let count = 1;
  const end = performance.now() + Math.max(WARM, milliseconds);
  for (let took = 0; performance.now() < end || took < each / 2;) {
    const begin = performance.now();
    await loop(count);
    await turn();
    took = performance.now() - begin;
    if (took < each) count = Math.ceil(count * Math.min(8, Math.max(1.05, each / Math.max(took, 0.01))));
    else if (took > 2 * each && count > 1) count = Math.ceil((count * each) / took);
    else if (performance.now() > end) break;
  }
  const samples = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const before = cpuMicroseconds();
    await loop(count);
    samples.push(((cpuMicroseconds() - before) * 1000) / count);
    await turn();
  }
  return median(samples);
}

/** Where what is measured puts its results, so that no compiler leaves out what nobody looks at. */
export const sink = { value: undefined };
