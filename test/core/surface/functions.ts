/** What one function under test is wrapped with, and what it is made of. Times in milliseconds. */
export interface Spec {
  readonly name: string;
  /** `'result'`: it depends on what the function returned. Undefined: for ever. */
  readonly ttl?: number | 'result';
  readonly staleWhileRevalidate?: number;
  readonly staleIfError?: number;
  readonly errorTtl?: number;
  /** Whether `errorTtl` is for {@link Missing} alone. */
  readonly onlyMissing?: true;
  readonly tags?: readonly string[] | 'result';
  /** Whether it keeps only some results. */
  readonly picky?: true;
  readonly maxEntries?: number;
  /** The cached functions that it calls, one after the other, with the argument that it was given. */
  readonly uses?: readonly string[];
  readonly inherit?: false;
  readonly sync?: true;
}

/** The functions under test: each option in some company, and some made of others. */
export const SPECS: readonly Spec[] = [
  { name: 'plain', tags: ['all'] },
  { name: 'brief', ttl: 'result', tags: 'result' },
  { name: 'windows', ttl: 10_000, staleWhileRevalidate: 8000, staleIfError: 25_000, tags: ['all', 'windows'] },
  { name: 'failing', ttl: 3000, staleIfError: 20_000, errorTtl: 6000, tags: ['failing'] },
  { name: 'picky', ttl: 9000, staleWhileRevalidate: 3000, errorTtl: 7000, onlyMissing: true, picky: true },
  { name: 'few', ttl: 12_000, staleIfError: 5000, maxEntries: 2 },
  { name: 'quick', ttl: 7000, staleIfError: 9000, errorTtl: 4000, tags: 'result', sync: true },
  { name: 'quicker', ttl: 'result', tags: ['all'], uses: ['quick'], sync: true },
  {
    name: 'page',
    ttl: 30_000,
    staleWhileRevalidate: 12_000,
    staleIfError: 40_000,
    tags: ['page'],
    uses: ['windows', 'brief'],
  },
  { name: 'book', uses: ['page', 'quicker'], tags: 'result' },
  { name: 'alone', ttl: 20_000, uses: ['windows'], tags: ['alone'], inherit: false },
  {
    name: 'careful',
    ttl: 15_000,
    staleWhileRevalidate: 15_000,
    errorTtl: 5000,
    tags: 'result',
    uses: ['failing', 'quick'],
  },
];

/** What one call may say for itself. */
export interface Policy {
  readonly freshWithin?: number;
  readonly forceFresh?: boolean;
  readonly staleWhileRevalidate?: number;
  readonly staleIfError?: number;
}

/** What calls say for themselves; the first of them nothing. Those with windows are for functions with a ttl. */
export const POLICIES: readonly Policy[] = [
  {},
  { freshWithin: 2000 },
  { forceFresh: true },
  { freshWithin: 2000, staleWhileRevalidate: 6000 },
  { staleWhileRevalidate: 0, staleIfError: 0 },
  { staleIfError: 50_000 },
  { staleWhileRevalidate: 14_000 },
];

/** The windows among them. */
export const WINDOWS: readonly number[] = POLICIES.flatMap(({ staleWhileRevalidate = 0, staleIfError = 0 }) => [
  staleWhileRevalidate,
  staleIfError,
]);

/** How long something is kept after its life, for whoever may still be served it. */
export const LONGEST_WINDOW: number = Math.max(...WINDOWS);

/** Whether a function takes a policy. */
export function takes({ sync, ttl }: Spec, { staleWhileRevalidate, staleIfError }: Policy): boolean {
  return sync !== true && (ttl !== undefined || (staleWhileRevalidate ?? staleIfError) === undefined);
}

/** What every function returns: of its argument, the version of the world, and what it is made of; nothing else. */
export interface Value {
  readonly of: unknown;
  readonly version: number;
  readonly parts: readonly Value[];
  readonly at: Date;
  readonly rows: Map<string, number[]>;
}

/** Makes a value anew, so that nobody shares a part of it. */
export function valueOf(of: unknown, version: number, parts: readonly Value[]): Value {
  return { of, version, parts, at: new Date(version), rows: new Map([['row', [version, -0, Number.NaN]]]) };
}

/** What a careless caller does to a value that is theirs. */
export function spoil(value: Value): void {
  value.at.setTime(-1);
  value.rows.get('row')?.push(-1);
  value.rows.set('spoiled', []);
  for (const part of value.parts) spoil(part);
}

/** How long a value lives. */
export function ttlOf({ ttl }: Spec, { version }: Value): number {
  return ttl === 'result' ? 2000 + 1000 * (version % 7) : (ttl ?? Infinity);
}

/** The tags of a value. */
export function tagsOf({ tags = [] }: Spec, { version }: Value): readonly string[] {
  return tags === 'result' ? ['result', version % 2 === 0 ? 'even' : 'odd'] : tags;
}

/** Every tag that there is. */
export const TAGS: readonly string[] = [
  'all',
  'windows',
  'failing',
  'page',
  'alone',
  'result',
  'even',
  'odd',
  'nothing',
];

/** Whether a value is kept. */
export function isWanted({ picky }: Spec, { version }: Value): boolean {
  return picky !== true || version % 3 !== 0;
}

/** What the arguments of a call are: of the same content each time, spelled in one of two ways. */
export const ARGUMENTS: readonly ((respelled: boolean) => readonly unknown[])[] = [
  (respelled) => (respelled ? [1, undefined] : [1]),
  () => ['1'],
  (respelled) => [respelled ? { b: [new Date(2)], a: 1 } : { a: 1, b: [new Date(2)] }],
  (respelled) => (respelled ? [undefined] : []),
];

/** The argument that a function is called with. */
export function argumentOf(id: number): unknown {
  return ARGUMENTS[id]?.(false)[0];
}

/** What a function throws while it fails. */
export class Fault extends Error {}

/** The other thing that it may throw. */
export class Missing extends Fault {}
