import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { buildPackages, runNode } from '../../support/node.js';

beforeAll(() => buildPackages(), 120_000);

test('what a full memory lets go is gone without a full collection, though it has lived for a while', async () => {
  const program = fileURLToPath(new URL('programs/evictions.mjs', import.meta.url));
  const { code, stdout, stderr } = await runNode(['--expose-gc', program]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  // A quarter of a million entries come and go.
  const { full, more } = JSON.parse(stdout) as { full: number; more: number };
  expect(full).toBeLessThanOrEqual(2);
  expect(more).toBeLessThan(20);
});
