import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
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
  const count = await warmedUp(loop, each, Math.max(WARM, milliseconds));
  const samples = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const before = cpuMicroseconds();
    await loop(count);
    samples.push(((cpuMicroseconds() - before) * 1000) / count);
    await turn();
  }
  return median(samples);
}

/** How many rounds take about so long as a sample should, found while warming up. */
async function warmedUp(loop, each, milliseconds) {
  let count = 1;
  let pauses = 0;
  const begin = performance.now();
  for (;;) {
    const from = performance.now();
    await loop(count);
    await turn();
    const took = performance.now() - from;
    const passed = performance.now() - begin;
    if (passed > milliseconds && took > each / 2) return Math.max(1, Math.round((count * each) / took));
    count = Math.max(1, Math.ceil(count * Math.min(8, each / Math.max(took, 0.01))));
    // V8 compiles on threads of its own, which a busy machine may not let run while this one does.
    if (passed > (milliseconds * (pauses + 1)) / 4) {
      pauses += 1;
      await sleep(20);
    }
  }
}

/** Where what is measured puts its results, so that no compiler leaves out what nobody looks at. */
export const sink = { value: undefined };
