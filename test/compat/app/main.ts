import { core } from './core.js';
import { expressApp } from './express.js';
import { fastify } from './fastify.js';
import { nest } from './nest.js';

// Not at the top level: the same app is also compiled to CommonJS, which has no top-level await.
async function main(): Promise<void> {
  await core();
  await fastify();
  await expressApp();
  await nest();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
