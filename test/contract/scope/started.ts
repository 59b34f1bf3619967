import { onTestFinished } from 'vitest';
import type { ScopeApp, ScopeHost, ScopePlan } from './scope-host.js';

/** Starts an app for one test. */
export async function start(host: ScopeHost, plan: ScopePlan): Promise<ScopeApp> {
  const app = await host.start(plan);
  onTestFinished(() => app.close());
  return app;
}
