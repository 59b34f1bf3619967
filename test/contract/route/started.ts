import type { RouteHandler, RouteOptions } from '@millpond/core/http';
import { onTestFinished } from 'vitest';
import { send, type Received, type Sent } from '../../support/send.js';
import type { RouteHost, RoutePlan, RunningRoutes } from './route-host.js';

/** An app that a test has started; it is stopped when the test ends. */
export interface Started extends RunningRoutes {
  send(sent: Sent | string): Promise<Received>;
}

/** Starts an app for one test. */
export async function start(host: RouteHost, plan: RoutePlan): Promise<Started> {
  const running = await host.start(plan);
  onTestFinished(() => running.close());
  return {
    ...running,
    send: (sent) => send(running.port, typeof sent === 'string' ? { path: sent } : sent),
  };
}

/** A handler that answers with the number of its run. */
export function countRuns(): RouteHandler & { readonly runs: number } {
  let runs = 0;
  const handler = (): number => (runs += 1);
  return Object.defineProperty(handler, 'runs', { get: () => runs }) as typeof handler & { runs: number };
}

/** An app with one cached route at `/x`, which answers with the number of its run. */
export function startCounting(host: RouteHost, options: RouteOptions = {}, plan: Partial<RoutePlan> = {}) {
  return start(host, { ...plan, routes: (app) => app.get('/x', options, countRuns()) });
}
