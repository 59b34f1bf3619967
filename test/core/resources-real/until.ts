import { setTimeout as pause } from 'node:timers/promises';

/** Waits until something outside the process has come about; it is the test's failure when it does not in time. */
export async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    if (await reached()) return;
    await pause(20);
  }
  throw new Error('what the test waits for did not come about');
}
