import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LastingMap } from '../../../packages/core/src/lasting-map.js';

test('a map that lasts holds what a Map does, in its order, whatever comes and goes', () => {
  const step = fc.record({ deletes: fc.boolean(), key: fc.integer({ min: 0, max: 90 }).map(String) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 600 }), (steps) => {
      const [lasting, plain] = [new LastingMap<string, object>(), new Map<string, object>()];
      for (const { deletes, key } of steps) {
        const value = {};
        if (deletes) for (const map of [lasting, plain]) map.delete(key);
        else for (const map of [lasting, plain]) map.set(key, value);
        expect(lasting.get(key)).toBe(plain.get(key));
      }
      expect(lasting.size).toBe(plain.size);
      expect([...lasting.keys()]).toEqual([...plain.keys()]);
      expect([...lasting.values()]).toEqual([...plain.values()]);
    }),
    { numRuns: 40 },
  );
});
