import assert from 'node:assert/strict';

/** Says that one thing works; the script that runs this app relays the line. */
export function passed(what: string): void {
  process.stdout.write(`${what}\n`);
}

/** Asks twice and expects one run of the work behind it, and the same answer. */
export async function answersTwice(what: string, runs: () => number, ask: () => Promise<unknown>): Promise<void> {
  const before = runs();
  const first = await ask();
  const second = await ask();
  assert.deepEqual(first, { id: '42', name: 'Ada' }, what);
  assert.deepEqual(second, first, what);
  assert.equal(runs() - before, 1, `${what}: the second call must be a hit`);
  passed(what);
}
