import { createHash, randomUUID } from 'node:crypto';
import { readlink, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import { codeOf, listing, unlessMissing } from './files.js';

/** No write takes as long, so the writer of what is older is gone. */
const HOUR = 3_600_000;

/** The processes among which a number names one, the number of the process, and anything. */
const NAME = /^([0-9a-f]{12})-(\d+)-[0-9a-f-]{36}$/;

/** The folder for what is being written or taken away: files under names that nobody else takes. */
export interface Drafts {
  readonly folder: string;
  /** A path in it that is free. */
  next(): Promise<string>;
  /** Removes what processes have left that are gone, until it is stopped. */
  sweep(isStopped: () => boolean): Promise<void>;
}

/** The drafts of a folder. */
export function createDrafts(folder: string, clock: Clock): Drafts {
  async function isLeft(name: string): Promise<boolean> {
    const [, writers, pid] = NAME.exec(name) ?? [];
    if (writers === undefined || (await isOver(name))) return writers !== undefined;
    return writers === (await processes()) && !isAlive(Number(pid));
  }

  async function isOver(name: string): Promise<boolean> {
    const state = await unlessMissing(stat(join(folder, name)));
    return state !== undefined && clock.wallTime() - state.ctimeMs > HOUR;
  }

  return {
    folder,
    next: async () => join(folder, `${await processes()}-${process.pid}-${randomUUID()}`),
    async sweep(isStopped) {
      for (const { name } of await listing(folder)) {
        if (isStopped()) return;
        if (await isLeft(name)) await rm(join(folder, name), { force: true });
      }
    },
  };
}

let known: Promise<string> | undefined;

/**
 * Names the processes that can see each other by their numbers: those of one machine and, where containers number theirs
 * apart, of one container.
 */
function processes(): Promise<string> {
  known ??= readlink('/proc/self/ns/pid').then(digestOf, () => digestOf(''));
  return known;
}

function digestOf(namespace: string): string {
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 12);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return codeOf(error) === 'EPERM';
  }
}
