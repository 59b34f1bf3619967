import { onTestFinished } from 'vitest';
import type { ExchangeApp, ExchangeHosting, ExchangePlan } from './exchange-host.js';

/** What a server has answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly cookies: readonly string[];
  /** What the handler returned. */
  readonly answer: unknown;
}

/** An app of one test, and how to ask it. */
export interface Started extends ExchangeApp {
  readonly ask: (path: string, headers?: Record<string, string>) => Promise<Answered>;
}

/** Whoever the header x-user names is user and session. */
export const BY_HEADER = {
  session: (request: { readonly headers: Readonly<Record<string, unknown>> }): string | undefined => userIn(request),
};

function userIn({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string | undefined {
  const user = headers['x-user'];
  return typeof user === 'string' ? user : undefined;
}

/** Starts an app for one test. */
export async function start(
  host: ExchangeHosting,
  plan: Pick<ExchangePlan, 'routes'> & Partial<ExchangePlan>,
): Promise<Started> {
  const app = await host.start({
    cacheOptions: { logger: { warn: () => undefined } },
    scopes: BY_HEADER,
    ...plan,
  });
  onTestFinished(() => app.close());
  return {
    ...app,
    async ask(path, headers = {}) {
      const response = await fetch(`http://127.0.0.1:${app.port}${path}`, { headers });
      const text = await response.text();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      return {
        status: response.status,
        headers: response.headers,
        cookies: response.headers.getSetCookie(),
        answer: typeof body === 'object' && body !== null && 'answer' in body ? body.answer : body,
      };
    },
  };
}
