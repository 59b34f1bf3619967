import { AsyncLocalStorage } from 'node:async_hooks';
import type { Flight } from './flight.js';
import type { Recorder } from './inherited.js';

/** The one AsyncLocalStorage of Millpond: which run the code that asks belongs to. */
const storage = new AsyncLocalStorage<Flight<unknown> | undefined>();

/** Runs whose function has not settled. While there is none, the storage is off: below Node 24 it taxes every await. */
let underWay = 0;

/** The synchronous run that is below on the stack, and nearer than any other. */
let onStack: Recorder | undefined;

/** The run that the calling code belongs to, if it has not settled yet. */
export function currentRun(): Flight<unknown> | undefined {
  if (underWay === 0) return undefined;
  const run = storage.getStore();
  // What a function left running behind its result belongs to no run any more.
  return run === undefined || run.done ? undefined : run;
}

/** Whether it is plain that there is no {@link currentRecorder}: quicker than to ask who it is. */
export function nobodyRecords(): boolean {
  return underWay === 0 && onStack === undefined;
}

/** The run that uses what the calling code is answered with now, be it synchronous or not. */
export function currentRecorder(): Recorder | undefined {
  return onStack ?? currentRun();
}

/**
 * The signal of the run that calls this: it aborts when the last caller who waits for the run has left. Undefined
 * outside a cached function. A run whose signal was asked for and has aborted is not kept.
 */
export function currentSignal(): AbortSignal | undefined {
  return currentRun()?.signal;
}

/** Runs a function as the run of a flight, so that what it calls knows whom it belongs to. */
export async function runWithin<R>(flight: Flight<unknown>, run: () => R): Promise<Awaited<R>> {
  underWay += 1;
  try {
    return await onTheStack(undefined, () => storage.run(flight, run));
  } finally {
    left();
  }
}

/** Asks a callback of a function, whose run has returned just now: what it reads, it reads for that run. */
export function askWithin<R>(flight: Flight<unknown>, ask: () => R): R {
  underWay += 1;
  try {
    return onTheStack(undefined, () => storage.run(flight, ask));
  } finally {
    left();
  }
}

function left(): void {
  underWay -= 1;
  if (underWay === 0) storage.disable();
}

/** Runs code as part of the run that calls this, or of none. */
export function asRunHere(): <R>(run: () => R) => R {
  const here = currentRun();
  return (run) => (underWay === 0 ? run() : storage.run(here, run));
}

/** Runs a synchronous function as a run that takes note of the answers it uses. */
export function onTheStack<R>(recorder: Recorder | undefined, run: () => R): R {
  const before = onStack;
  onStack = recorder;
  try {
    return run();
  } finally {
    onStack = before;
  }
}
