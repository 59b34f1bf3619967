import type { Acknowledgement, StoredEntry } from '../../packages/core/src/store/index.js';
import type { Invalidate, ProcessName } from './steps.js';

/** The least that may be found: of what is fresh, and of what is found at all. */
interface Least {
  readonly fresh: number;
  readonly any: number;
}

/** What has been promised: what nobody may find any more, and what a process itself may not, acknowledged or not. */
export class Promises {
  readonly #toAll = { fresh: 0, any: 0 };
  readonly #toOne = { fresh: new Map<ProcessName, number>(), any: new Map<ProcessName, number>() };

  /** A step of a process has told the `changed`-th change of the source. */
  make(process: ProcessName, step: Invalidate, changed: number, outcome: Acknowledgement): void {
    const what = step.do === 'expire' ? 'fresh' : 'any';
    const own = this.#toOne[what];
    own.set(process, Math.max(own.get(process) ?? 0, changed));
    if (outcome === 'acknowledged') this.#toAll[what] = Math.max(this.#toAll[what], changed);
  }

  /** All that is pending has been sent; what was promised to those alone who have ended was lost with them. */
  settle(ended: ReadonlySet<ProcessName>): void {
    for (const what of ['fresh', 'any'] as const)
      for (const [name, least] of this.#toOne[what])
        if (!ended.has(name)) this.#toAll[what] = Math.max(this.#toAll[what], least);
  }

  /** The least that a process may find now. */
  least(process: ProcessName): Least {
    const any = Math.max(this.#toAll.any, this.#toOne.any.get(process) ?? 0);
    return { any, fresh: Math.max(any, this.#toAll.fresh, this.#toOne.fresh.get(process) ?? 0) };
  }

  state(): unknown {
    const own = [this.#toOne.any, this.#toOne.fresh].map((floors) =>
      [...floors].map(([name, floor]) => `${name} ${floor}`).sort(),
    );
    return [this.#toAll, own];
  }
}

/** What is wrong with what was found; undefined when nothing is. */
export function wrongWith(found: StoredEntry, least: Least): string | undefined {
  const isFresh = found.expiredFor === undefined;
  if (Number(found.payload) >= (isFresh ? least.fresh : least.any)) return undefined;
  return isFresh ? `finds ${found.payload} fresh, not ${least.fresh}` : `finds ${found.payload}, not ${least.any}`;
}
