import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** An invalidation that the store has acknowledged: of a key, of all values before a number. */
export interface Acknowledged {
  readonly key: number;
  readonly number: number;
}

/** A process over a local store (`programs/local-process.mjs`), which does what it is told. */
export interface LocalProcess {
  /** Does one of its commands; rejects when that fails, or the process ends before. */
  does(command: string, what?: object): Promise<unknown>;
  /** Begins to work without end. Resolves when so many invalidations were acknowledged. */
  works(until: number): Promise<void>;
  /** All invalidations of its work that it told of. */
  readonly acknowledged: readonly Acknowledged[];
  /** Ends it at once, whatever it does. */
  kill(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly answer?: unknown;
  readonly error?: string;
  readonly acknowledged?: Acknowledged;
}

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

const program = fileURLToPath(new URL('../store/programs/local-process.mjs', import.meta.url));

/** Starts a process over a store of a kind in a folder; it may have so many files open. */
export async function startLocal(kind: string, path: string, truth: string, files = 512): Promise<LocalProcess> {
  const limited = ['-c', `ulimit -n ${files}; exec "$0" "$@"`, process.execPath, program, kind, path, truth];
  const child = spawn('sh', limited, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, Asked>();
  const acknowledged: Acknowledged[] = [];
  let heard = (): void => undefined;
  let ids = 0;

  const exited = once(child, 'exit');
  void exited.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the process has ended'));
  });
  const begun = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (begun === undefined) throw new Error('the process ended before it had begun');
  child.on('message', ({ id, answer, error, acknowledged: told }: Answer) => {
    if (told !== undefined) {
      acknowledged.push(told);
      heard();
    }
    const asked = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || asked === undefined) return;
    waiting.delete(id);
    if (error === undefined) asked.resolve(answer);
    else asked.reject(new Error(error));
  });

  function does(command: string, what: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++ids;
      waiting.set(id, { resolve, reject });
      child.send({ id, command, ...what });
    });
  }

  return {
    does,
    async works(until) {
      const enough = new Promise<void>((resolve) => {
        heard = () => {
          if (acknowledged.length >= until) resolve();
        };
        if (until === 0) resolve();
      });
      // It ends with the process: with its death, which is no failure.
      does('work').catch(() => undefined);
      await enough;
    },
    acknowledged,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
