import fc from 'fast-check';

/** What a function may be called with: each time made anew, so that nothing but its content can be recognised. */
const ARGUMENTS: readonly (() => unknown)[] = [
  () => 1,
  () => '1',
  () => [1],
  () => ({ a: 1, b: [new Date(2)] }),
  () => undefined,
];
/** The fourth again, spelled otherwise. */
const RESPELLED = (): unknown => ({ b: [new Date(2)], a: 1 });

/** Makes the argument of one number, in one of its spellings. */
export function argument(id: number, respelled: boolean): unknown {
  return respelled && id === 3 ? RESPELLED() : ARGUMENTS[id]?.();
}

/** How long the value of each argument lives; undefined is for ever. */
const LIVES: readonly (number | undefined)[] = [10_000, 3_000, undefined, 10_000, 7_000];
const FOR_EVER = 1e12;

/** The ttl of the value of one argument. */
export function lifeOf(id: number): number {
  return LIVES[id] ?? FOR_EVER;
}

/** What one step of a sequence does. */
export type Step =
  | { readonly do: 'call' | 'join' | 'race' | 'refresh'; readonly id: number; readonly respelled: boolean }
  | { readonly do: 'delete' | 'peek'; readonly id: number; readonly respelled: boolean }
  | { readonly do: 'clear' | 'clearAll' | 'change' | 'fail' | 'restart' }
  | { readonly do: 'advance'; readonly ms: number };

const onOne = (weight: number, what: 'call' | 'join' | 'race' | 'refresh' | 'delete' | 'peek') => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(what), id: fc.nat({ max: 4 }), respelled: fc.boolean() }),
});
const onAll = (weight: number, what: 'clear' | 'clearAll' | 'change' | 'fail' | 'restart') => ({
  weight,
  arbitrary: fc.constant<Step>({ do: what }),
});

/** Sequences of steps; `change` moves the version that the function reads, `fail` makes it throw, or stop throwing. */
export function steps(restarts: boolean): fc.Arbitrary<Step[]> {
  const step = fc.oneof<fc.WeightedArbitrary<Step>[]>(
    onOne(10, 'call'),
    onOne(2, 'join'),
    onOne(2, 'race'),
    onOne(2, 'refresh'),
    onOne(2, 'delete'),
    onOne(2, 'peek'),
    onAll(1, 'clear'),
    onAll(1, 'clearAll'),
    onAll(5, 'change'),
    onAll(1, 'fail'),
    ...(restarts ? [onAll(3, 'restart')] : []),
    {
      weight: 4,
      arbitrary: fc.constantFrom(1, 1000, 2999, 3000, 7000, 9999).map((ms): Step => ({ do: 'advance', ms })),
    },
  );
  return fc.array(step, { minLength: 2, maxLength: 14 });
}

/** A value as the uncached function makes it: of its argument and the version at the time, and nothing else. */
export interface Value {
  readonly of: unknown;
  readonly version: number;
  readonly rows: { at: Date; tags: string[] }[];
}

/** The uncached function. */
export function plain(of: unknown, version: number): Value {
  return { of, version, rows: [{ at: new Date(version), tags: ['a', `v${version}`] }] };
}

/** What a caller does to a value that is theirs. */
export function spoil(value: Value): void {
  const [row] = value.rows;
  row?.at.setTime(-1);
  row?.tags.push('spoiled');
  value.rows.push({ at: new Date(0), tags: [] });
}

/** The reference: which version of each argument may be answered without a run, at a time. */
export class Model {
  time = 0;
  version = 0;
  failing = false;
  runs = 0;
  readonly #kept = new Map<number, { readonly version: number; readonly until: number }>();

  /** The kept version, when it is fresh. */
  fresh(id: number): number | undefined {
    const kept = this.#kept.get(id);
    return kept !== undefined && this.time < kept.until ? kept.version : undefined;
  }

  /** The version that a call answers with, or undefined when it fails; counts the run that it needs. */
  call(id: number): number | undefined {
    return this.fresh(id) ?? this.refresh(id);
  }

  refresh(id: number): number | undefined {
    this.runs += 1;
    if (this.failing) return undefined;
    this.#kept.set(id, { version: this.version, until: this.time + lifeOf(id) });
    return this.version;
  }

  delete(id: number): void {
    this.#kept.delete(id);
  }

  clear(): void {
    this.#kept.clear();
  }
}
