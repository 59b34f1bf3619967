import type { Clock } from '../clock.js';
import type { StorePort } from './port.js';

/** After this many writes the expired are looked for: the cost is shared by many, and the Map stays bounded. */
const WRITES_A_SWEEP = 1000;

/**
 * A plain Map, of this process alone. A Map forgets nothing by itself, so what this port wrote is dropped after its
 * ttl, now and then; whether an entry is still alive is told by its own age, not by this.
 */
export function mapPort(map: Map<string, unknown>, clock: Clock): StorePort {
  const ends = new Map<string, number>();
  let writes = 0;

  function sweep(): void {
    const now = clock.now();
    for (const [key, end] of ends) {
      if (end > now) continue;
      ends.delete(key);
      map.delete(key);
    }
  }

  return {
    getMany: async (keys) => keys.map((key) => map.get(key) ?? undefined),
    async set(key, text, ttl) {
      map.set(key, text);
      ends.set(key, clock.now() + ttl);
      writes += 1;
      if (writes % WRITES_A_SWEEP === 0) sweep();
    },
    async delete(key) {
      map.delete(key);
      ends.delete(key);
    },
    async close() {
      ends.clear();
    },
  };
}
