import { onAbort } from './on-abort.js';

/** Waits for work that goes on without this caller when `signal` aborts: then it rejects with the signal's reason. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stay = onAbort(signal, () => reject(signal.reason));
    work.finally(stay).then(resolve, reject);
  });
}
