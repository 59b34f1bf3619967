/** How a call was answered, and what with: the part of the demo's JSON that tests look at. */
export interface Reply {
  readonly server: string;
  readonly outcome: 'hit' | 'miss' | 'join' | 'stale';
  readonly tier: 'memory' | 'store' | null;
  readonly answer: {
    readonly unit: string;
    readonly flights: number;
    readonly source: string;
    readonly buckets: readonly { readonly start: number | string; readonly value: number; readonly flights: number }[];
  };
}

/** What twenty requests at once were answered with. */
export interface Burst {
  readonly requests: number;
  readonly outcomes: Readonly<Record<Reply['outcome'], number>>;
  readonly servers: Readonly<Record<string, number>>;
}

/** The counters of the demo. */
export interface Stats {
  readonly functions: readonly {
    readonly name: string;
    readonly hits: number;
    readonly misses: number;
    readonly joins: number;
    readonly entries: number;
  }[];
  readonly database: { readonly state: string };
  readonly underWay: number;
}

/** A response of the demo, with its JSON. */
export interface Response<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Asks a server of the demo. */
export async function send<T>(url: string, path: string, method = 'GET'): Promise<Response<T>> {
  const response = await fetch(`${url}${path}`, { method });
  return { status: response.status, headers: response.headers, body: (await response.json()) as T };
}

/** Asks a question that must be answered, such as `by-hour?statistic=median`. */
export async function ask(url: string, question: string): Promise<Reply> {
  const { status, body } = await send<Reply>(url, `/api/delays/${question}`);
  if (status !== 200) throw new Error(`${question} was answered with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** The counters, over any of the servers. */
export async function stats(url: string): Promise<Stats> {
  return (await send<Stats>(url, '/api/stats')).body;
}

/** The counters of one function. */
export async function statsOf(url: string, name: string): Promise<Stats['functions'][number]> {
  const found = (await stats(url)).functions.find((row) => row.name === name);
  if (found === undefined) throw new Error(`The demo has no function '${name}'.`);
  return found;
}
