import { readFileSync } from 'node:fs';

/*
 * CPU time of the main thread alone: neither a busy neighbour nor the helpers of the garbage collector are billed.
 * `process.threadCpuUsage` is of Node 24; on Linux the kernel tells the same. Elsewhere it is that of the whole process.
 */

const SCHEDSTAT = `/proc/self/task/${process.pid}/schedstat`;

/** How CPU time is taken here, and what it is called. */
function find() {
  if (typeof process.threadCpuUsage === 'function') {
    return { name: 'process.threadCpuUsage()', read: () => sum(process.threadCpuUsage()) };
  }
  try {
    readFileSync(SCHEDSTAT);
    return { name: 'schedstat of the main thread', read: readSchedstat };
  } catch {
    return { name: 'process.cpuUsage() of the whole process', read: () => sum(process.cpuUsage()) };
  }
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** The kernel brings the figure up to date when a thread leaves its core, else at its next tick: so it leaves for a moment. */
function readSchedstat() {
  Atomics.wait(cell, 0, 0, 0.01);
  return Number(readFileSync(SCHEDSTAT, 'latin1').split(' ')[0]) / 1000;
}

function sum({ user, system }) {
  return user + system;
}

const found = find();

/** What the numbers are. */
export const cpuSource = found.name;

/** CPU time so far, in microseconds. */
export const cpuMicroseconds = found.read;
