import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run against the source: no build is needed, and coverage shows the lines that people wrote.
    alias: [
      { find: /^@millpond\/core\/http$/, replacement: source('core/src/http/index.ts') },
      { find: /^@millpond\/core\/testing$/, replacement: source('core/src/testing/index.ts') },
      { find: /^@millpond\/core$/, replacement: source('core/src/index.ts') },
      { find: /^@millpond\/fastify$/, replacement: source('fastify/src/index.ts') },
      { find: /^@millpond\/express$/, replacement: source('express/src/index.ts') },
      { find: /^@millpond\/nest$/, replacement: source('nest/src/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/compat/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    execArgv: ['--expose-gc'],
    reporters: ['default', './test/support/plain-line-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      thresholds: { 'packages/core/src/**': { branches: 95 } },
    },
  },
});
