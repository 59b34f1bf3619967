import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCache, type CachedData } from '@millpond/core';
import { fakeClock, settle, type FakeClock } from '../../support/fake-clock.js';
import { runs } from '../../support/runs.js';

/** One thing that a function does; `when` says for which argument. */
type Step = { readonly when: number | undefined } & (
  | { readonly do: 'read'; readonly input: number }
  | { readonly do: 'act' | 'wait' }
  /** The function after this one, by so many; both at once or one after the other. */
  | { readonly do: 'call'; readonly skip: number; readonly arg: number; readonly atOnce: boolean }
);

interface Visit {
  readonly who: number;
  readonly values: readonly number[];
  readonly log: string[];
}

const FUNCTIONS = 3;
const ARGS = 2;
const INPUTS = 2;

const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.option(fc.nat(ARGS - 1), { nil: undefined }),
    fc.oneof(
      fc.record({ do: fc.constant('read' as const), input: fc.nat(INPUTS - 1) }),
      fc.record({ do: fc.constantFrom('act' as const, 'wait' as const) }),
      fc.record({
        do: fc.constant('call' as const),
        skip: fc.nat(FUNCTIONS - 2),
        arg: fc.nat(ARGS - 1),
        atOnce: fc.boolean(),
      }),
    ),
  )
  .map(([when, what]) => ({ when, ...what }));

const program = fc.array(fc.array(step, { maxLength: 5 }), { minLength: FUNCTIONS, maxLength: FUNCTIONS });

const round = fc.record({
  calls: fc.array(
    fc.record({ fn: fc.nat(FUNCTIONS - 1), arg: fc.nat(ARGS - 1), values: fc.tuple(fc.nat(1), fc.nat(1)) }),
    { minLength: 1, maxLength: 4 },
  ),
  after: fc.option(
    fc.record({
      do: fc.constantFrom('delete' as const, 'expire' as const, 'advance' as const, 'lose' as const),
      fn: fc.nat(2),
      arg: fc.nat(1),
      /** Which key of the store is lost. */
      key: fc.nat(20),
    }),
    { nil: undefined },
  ),
});

type Call = (fn: number, arg: number) => Promise<string>;

/** What a function answers: of all that it has read and called, in order. */
async function evaluate(
  steps: readonly Step[],
  fn: number,
  arg: number,
  { call, read, act }: { call: Call; read: (input: number) => number; act: (text: string) => void },
): Promise<string> {
  const parts: (string | Promise<string>)[] = [];
  for (const step of steps) {
    if (step.when !== undefined && step.when !== arg) continue;
    switch (step.do) {
      case 'read':
        parts.push(`i${step.input}=${read(step.input)}`);
        break;
      case 'act':
        act(`f${fn}(${arg}) ${parts.length}`);
        break;
      case 'wait':
        await Promise.resolve();
        break;
      case 'call': {
        const callee = fn + 1 + step.skip;
        if (callee >= FUNCTIONS) break;
        const answer = call(callee, step.arg);
        parts.push(step.atOnce ? answer : await answer);
      }
    }
  }
  return `f${fn}(${arg})[${(await Promise.all(parts.map((part) => Promise.resolve(part)))).join(' ')}]`;
}

const WHERE = ['in memory', 'over a store', 'two processes', 'with restarts'] as const;

interface ProcessOptions {
  readonly clock: FakeClock;
  readonly store: Map<string, unknown> | undefined;
  readonly maxVariants: number;
  readonly visits: AsyncLocalStorage<Visit>;
}

/** A cache with the functions of a program, their inputs and their effect. */
function processOf(fns: readonly (readonly Step[])[], { clock, store, maxVariants, visits }: ProcessOptions) {
  const cache = createCache({ clock, ...(store === undefined ? {} : { name: 'shop', store }) });
  const inputs = Array.from({ length: INPUTS }, (_, at) =>
    cache.input(`i${at}`, () => visits.getStore()?.values[at] ?? -1),
  );
  const act = cache.effect('act', (text: string) => visits.getStore()?.log.push(text));
  const cached: CachedData<[number], string>[] = fns.map((steps, fn) =>
    cache.cacheData(
      (arg: number) =>
        evaluate(steps, fn, arg, {
          call: (callee, with_) => cached[callee]?.(with_) ?? Promise.reject(new Error('no such function')),
          read: (input) => inputs[input]?.() ?? -1,
          act,
        }),
      { name: `f${fn}`, version: '1', ttl: '10s', staleWhileRevalidate: fn === 1 ? '10s' : undefined, maxVariants },
    ),
  );
  return { cache, cached };
}

function processesOf(
  fns: readonly (readonly Step[])[],
  where: (typeof WHERE)[number],
  options: Omit<ProcessOptions, 'store'>,
) {
  const store = where === 'in memory' ? undefined : new Map<string, unknown>();
  const start = () => processOf(fns, { ...options, store });
  return {
    store,
    start,
    processes: Array.from({ length: where === 'in memory' || where === 'over a store' ? 1 : 2 }, start),
  };
}

/** One of the processes begins anew, with nothing but what the store has. */
async function restart(processes: ReturnType<typeof processOf>[], start: () => ReturnType<typeof processOf>) {
  const [first] = processes.splice(0, 1, start());
  await first?.cache.close();
}

/** Something in a store has expired before the rest, or was evicted there. */
function lose(store: Map<string, unknown> | undefined, at: number): void {
  const keys = [...(store?.keys() ?? [])];
  const lost = keys[at % keys.length];
  if (lost !== undefined) store?.delete(lost);
}

test('S106, S107: whatever functions read, call and act, each caller gets the answer and the effects of an uncached call', async () => {
  await fc.assert(
    fc.asyncProperty(
      program,
      fc.array(round, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(1, 2, 100),
      fc.constantFrom(...WHERE),
      async (fns, rounds, maxVariants, where) => {
        const visits = new AsyncLocalStorage<Visit>();
        const clock = fakeClock();
        const { processes, start, store } = processesOf(fns, where, { clock, maxVariants, visits });
        const processAt = (at: number) => processes[at % processes.length];
        const plain =
          (visit: Visit): Call =>
          (fn, arg) =>
            evaluate(fns[fn] ?? [], fn, arg, {
              call: plain(visit),
              read: (input) => visit.values[input] ?? -1,
              act: (text) => visit.log.push(text),
            });
        for (const { calls, after } of rounds) {
          const asked = calls.map(async ({ fn, arg, values }, who) => {
            const visit = { who, values, log: [] as string[] };
            const answer = await visits.run(visit, async () => processAt(who)?.cached[fn]?.(arg));
            const model = { who, values, log: [] as string[] };
            expect(answer).toBe(await plain(model)(fn, arg));
            expect(visit.log.toSorted()).toEqual(model.log.toSorted());
          });
          await Promise.all(asked);
          await settle();
          for (const { cache } of processes) await cache.flush();
          if (where === 'with restarts') await restart(processes, start);
          if (after?.do === 'advance') await clock.advance(10_000);
          else if (after?.do === 'lose') lose(store, after.key);
          else if (after !== undefined) await processAt(calls.length)?.cached[after.fn]?.[after.do](after.arg);
        }
        for (const { cache } of processes) await cache.close();
      },
    ),
    { numRuns: runs(300, 10_000) },
  );
}, 600_000);
