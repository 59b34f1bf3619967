/** The servers are for this machine only. */
export const HOST = '127.0.0.1';

/** How many ports after the wished one are tried. */
const ATTEMPTS = 50;

/** A server that listens. */
export interface RunningApp {
  readonly name: string;
  readonly url: string;
  /** The ports that were wished for and taken by somebody else. */
  readonly taken: readonly number[];
  close(): Promise<void>;
}

/** Where a server listens. */
export interface Listening {
  readonly url: string;
  readonly taken: readonly number[];
}

/** Listens on the first free port from `wished` on; `listen` answers with the port that it got (0 is any). */
export async function listenOnFreePort(wished: number, listen: (port: number) => Promise<number>): Promise<Listening> {
  const taken: number[] = [];
  for (;;) {
    const port = wished + taken.length;
    try {
      return { url: `http://${HOST}:${await listen(port)}`, taken };
    } catch (error) {
      if (!isTaken(error) || taken.length >= ATTEMPTS || port >= 65_535) throw error;
      taken.push(port);
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** The port of a server that listens. */
export function portOf(address: string | { readonly port: number } | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
