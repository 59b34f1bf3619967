import type { Airport, AskReply, BurstReply, ClearReply, ErrorReply, ServerLink, StatsReply } from '../wire.js';

/** What the server said when it could not answer; the message is for the person at the page. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem';
}

/** A reply, and the header that the cached function has set by an effect: with a hit it comes again. */
export interface Asked extends AskReply {
  readonly header: string | null;
}

/** Asks the question that the search part describes: its `question` is a path, the rest are parameters. */
export async function ask(search: URLSearchParams, signal: AbortSignal): Promise<Asked> {
  const { body, headers } = await receive<AskReply>('GET', pathOf(search), signal);
  return { ...body, header: headers.get('x-counted') };
}

/** Has the server ask twenty times at once. */
export function askTwentyTimes(search: URLSearchParams): Promise<BurstReply> {
  return send<BurstReply>('POST', pathOf(search, '/burst'));
}

/** Forgets one call. */
export function clearCall(search: URLSearchParams): Promise<ClearReply> {
  return send<ClearReply>('DELETE', pathOf(search, '/call'));
}

/** Forgets every call of the function that answers this question. */
export function clearFunction(search: URLSearchParams): Promise<ClearReply> {
  return send<ClearReply>('DELETE', `api/delays/${questionOf(search)}`);
}

/** Forgets everything that the cache holds. */
export function clearEverything(): Promise<ClearReply> {
  return send<ClearReply>('DELETE', 'api/cache');
}

export function readStats(): Promise<StatsReply> {
  return send<StatsReply>('GET', 'api/stats');
}

export function readServers(): Promise<readonly ServerLink[]> {
  return send<readonly ServerLink[]>('GET', 'api/servers');
}

export function readAirports(): Promise<readonly Airport[]> {
  return send<readonly Airport[]>('GET', 'api/airports');
}

function questionOf(search: URLSearchParams): string {
  return search.get('question') ?? 'by-hour';
}

function pathOf(search: URLSearchParams, suffix = ''): string {
  const parameters = new URLSearchParams(search);
  parameters.delete('question');
  const query = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  return `api/delays/${encodeURIComponent(questionOf(search))}${suffix}${query}`;
}

async function send<T>(method: string, path: string): Promise<T> {
  return (await receive<T>(method, path)).body;
}

/** The shapes are those of `wire.ts`, which the servers answer with. */
async function receive<T>(
  method: string,
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly body: T; readonly headers: Headers }> {
  let response: Response;
  try {
    response = await fetch(path, { method, signal: signal ?? null, cache: 'no-store' });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ServerProblem('The server does not answer. Was the demo stopped? Start it again with npm start.', {
      cause: error,
    });
  }
  const body: unknown = await response.json();
  if (!response.ok) throw new ServerProblem((body as ErrorReply).error);
  return { body: body as T, headers: response.headers };
}
