import { PerformanceObserver, constants } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';

/**
 * Watches the garbage collector of this process from now on, after a full collection (`--expose-gc`). What it returns tells how many
 * full collections there were since, and how many megabytes more the old generation holds.
 */
export function watchCollections() {
  globalThis.gc();
  let full = 0;
  new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) full += 1;
  }).observe({ entryTypes: ['gc'] });
  const before = oldBytes();
  return () => ({ full, more: Math.round((oldBytes() - before) / 1e6) });
}

function oldBytes() {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => name === 'old_space');
  return spaces.reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}
