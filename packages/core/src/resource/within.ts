import type { Clock, Timer } from '../clock.js';

/** Waits for work that never rejects, but not longer than `ms`; tells whether it ended in time. */
export async function within(clock: Clock, work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<false>((resolve) => {
    timer = clock.setTimer(() => resolve(false), ms, 'awaited');
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer?.cancel();
  }
}
