import { afterAll, beforeAll, describe, test } from 'vitest';

/** A server that tests start, and how to tell what is missing when they cannot. */
export interface ServerKind<S extends { stop(): Promise<void> }> {
  /** Its name in a sentence: `a Redis server`. */
  readonly what: string;
  /** Whether its programs are installed. */
  readonly isInstalled: () => boolean;
  /** How to install them. */
  readonly how: string;
  readonly start: () => Promise<S>;
}

/**
 * A `describe` with a real server of its own. Where its programs are not installed the tests are skipped, loudly; under
 * `CI=true` that is a failure.
 */
export function describeWithServer<S extends { stop(): Promise<void> }>(
  kind: ServerKind<S>,
  name: string,
  tests: (server: () => S) => void,
): void {
  const { what, how } = kind;
  if (!kind.isInstalled()) return describeWithout(`needs ${what}`, name, `There is no ${what} here. ${how}`);
  describe(name, () => {
    let server: S | undefined;
    beforeAll(async () => {
      server = await kind.start();
    });
    afterAll(() => server?.stop());
    tests(() => {
      if (server === undefined) throw new Error(`${what} has not been started yet`);
      return server;
    });
  });
}

function describeWithout(needs: string, name: string, complaint: string): void {
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      test(needs, () => {
        throw new Error(complaint);
      });
    });
    return;
  }
  process.stderr.write(`\n!!! SKIPPED: ${name}\n!!! ${complaint}\n\n`);
  describe.skip(name, () => test(needs, () => undefined));
}
