import { types } from 'node:util';

/**
 * Whether an answer is a promise, where none is taken. What it ends with is nobody's then: a rejection must not end the
 * process.
 */
export function isUnwantedPromise(answer: unknown): boolean {
  if (!types.isPromise(answer)) return false;
  answer.catch(() => undefined);
  return true;
}
