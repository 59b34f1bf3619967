import { request } from 'node:http';

/** One who keeps cookies, as a browser does. */
export interface Visitor {
  /** The answer of a route; rejects when that failed. */
  readonly ask: (path: string, options?: AskOptions) => Promise<unknown>;
}

interface AskOptions {
  readonly method?: 'GET' | 'POST';
  /** Sent in the header x-user. */
  readonly user?: string;
  /** Sent in the header x-principal. */
  readonly principal?: string;
  /** Sent as JSON, a piece at a time. */
  readonly body?: object;
}

/** Makes somebody who has not been there yet. */
export function visitor(port: number): Visitor {
  const cookies = new Map<string, string>();

  function remember(set: readonly string[]): void {
    for (const cookie of set) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  function headersOf({ user, principal, body }: AskOptions): Record<string, string> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      ...(cookie === '' ? {} : { cookie }),
      ...(user === undefined ? {} : { 'x-user': user }),
      ...(principal === undefined ? {} : { 'x-principal': principal }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
  }

  async function ask(path: string, options: AskOptions = {}): Promise<unknown> {
    const { body, method = body === undefined ? 'GET' : 'POST' } = options;
    const text = body === undefined ? '' : JSON.stringify(body);
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = headersOf(options);
      const asking = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        remember(response.headers['set-cookie'] ?? []);
        let got = '';
        response.on('data', (chunk: Buffer) => (got += chunk.toString()));
        response.on('end', () => (response.statusCode === 200 ? resolve(got) : reject(new Error(got))));
      });
      asking.on('error', reject);
      // A body in two pieces, with a turn between them: so that the server has to wait for the second.
      if (text !== '') asking.write(text.slice(0, 1));
      setImmediate(() => asking.end(text.slice(1)));
    });
    const parsed: unknown = JSON.parse(answer);
    return typeof parsed === 'object' && parsed !== null && 'answer' in parsed ? parsed.answer : undefined;
  }
  return { ask };
}
