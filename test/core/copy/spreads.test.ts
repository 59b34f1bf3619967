import { expect, test } from 'vitest';
import { spreadFor } from '../../../packages/core/src/copy/shape/spreads.js';

test('objects of each list of keys are spread at one place of the code, as long as there are places (hazard 52)', () => {
  const first = spreadFor(['a', 'b']);
  expect(spreadFor(['a', 'b'])).toBe(first);
  expect(spreadFor(['b', 'a'])).not.toBe(first);
  const places = Array.from({ length: 200 }, (_, at) => spreadFor([`key ${at}`]));
  expect(new Set(places).size).toBe(17);
  expect(spreadFor(['key 199'])).toBe(spreadFor(['key 198']));
  for (const spread of new Set(places)) expect(spread({ a: 1, ['__proto__']: 2 })).toEqual({ a: 1, ['__proto__']: 2 });
});
