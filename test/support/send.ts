import { request, type IncomingHttpHeaders } from 'node:http';

/** A request, byte for byte as it is said here: nothing is added but Host and Connection. */
export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
}

/** What came back. */
export interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends one request to a loopback port, on a connection of its own. */
export function send(port: number, { method = 'GET', path, headers = {} }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() });
      });
      response.on('error', reject);
    });
    asking.on('error', reject);
    asking.end();
  });
}

/** Sends a request and goes away when `away` resolves, before there is an answer. */
export async function sendAndLeave(port: number, path: string, away: Promise<unknown>): Promise<void> {
  const asking = request({ host: '127.0.0.1', port, path, agent: false });
  const gone = new Promise<void>((resolve) => {
    asking.on('error', () => resolve());
    asking.on('close', () => resolve());
  });
  asking.end();
  await away;
  asking.destroy();
  await gone;
}
