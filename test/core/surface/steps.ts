import fc from 'fast-check';
import { ARGUMENTS, POLICIES, SPECS, TAGS, type Spec } from './functions.js';

/** What is dropped while a run is under way. */
export type Drop = 'nothing' | 'delete' | 'expire' | 'clear' | 'clearAll' | 'another' | 'refresh';

/** One call of one function; `respelled`: with the same arguments, written otherwise. */
export interface Place {
  readonly fn: number;
  readonly id: number;
  readonly respelled: boolean;
}

/** One operation. `fn` counts round the functions of its play. */
export type Step =
  | (Place & { readonly do: 'call'; readonly policy: number; readonly callers: number })
  | (Place & { readonly do: 'refresh' | 'prime' | 'expire' | 'delete' | 'peek' })
  | (Place & { readonly do: 'slow'; readonly ms: number; readonly drop: Drop })
  | { readonly do: 'clear'; readonly fn: number }
  | { readonly do: 'clearAll' }
  | { readonly do: 'tag'; readonly tag: string }
  | { readonly do: 'fail'; readonly fn: number; readonly how: 'Fault' | 'Missing' | undefined }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'boundary'; readonly which: number; readonly off: number }
  | { readonly do: 'restart' | 'elsewhere' };

/** A sequence of steps, over a few functions and those that these are made of. */
export interface Play {
  readonly cast: readonly string[];
  readonly steps: readonly Step[];
  /** The kind of the store; undefined for memory only. */
  readonly store: string | undefined;
}

const fn = fc.nat({ max: 5 });
const place = {
  fn,
  // Few keys, so that they meet again.
  id: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(ARGUMENTS.length - 1) }),
  respelled: fc.boolean(),
};

function at<T extends Step['do']>(name: T) {
  return fc.record({ do: fc.constant(name), ...place });
}

const policy = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat(POLICIES.length - 1) },
);
const callers = fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(2, 3) });
const drop = fc.constantFrom<Drop>('nothing', 'delete', 'expire', 'clear', 'clearAll', 'another', 'refresh');

function step(hasStore: boolean): fc.Arbitrary<Step> {
  return fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 24, arbitrary: fc.record({ do: fc.constant('call' as const), ...place, policy, callers }) },
    { weight: 3, arbitrary: at('refresh') },
    { weight: 3, arbitrary: at('prime') },
    { weight: 3, arbitrary: at('expire') },
    { weight: 2, arbitrary: at('delete') },
    { weight: 3, arbitrary: at('peek') },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('slow' as const),
        ...place,
        ms: fc.constantFrom(1, 500, 1999, 2000, 4000),
        drop,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), fn }) },
    { weight: 1, arbitrary: fc.constant({ do: 'clearAll' as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('tag' as const), tag: fc.constantFrom(...TAGS) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('fail' as const),
        fn,
        how: fc.constantFrom('Fault', 'Missing', undefined, undefined),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 999, 1000, 3000, 8000) }),
    },
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('boundary' as const), which: fc.nat(5), off: fc.constantFrom(-1, 0, 1) }),
    },
    ...(hasStore
      ? [{ weight: 3, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'elsewhere' as const) }) }]
      : []),
  );
}

/** Plays over one of some kinds of stores, or in memory, for the functions that some condition holds for. */
export function plays(stores: readonly string[] | undefined, isMeant: (spec: Spec) => boolean): fc.Arbitrary<Play> {
  const names = SPECS.filter(isMeant).map(({ name }) => name);
  return fc.record({
    cast: fc.subarray(names, { minLength: 1, maxLength: 3 }),
    steps: fc.array(step(stores !== undefined), { minLength: 1, maxLength: 60, size: 'max' }),
    store: stores === undefined ? fc.constant(undefined) : fc.constantFrom(...stores),
  });
}
