import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../support/node.js';

/** One figure of a benchmark, as its results have it. */
export interface Result {
  readonly candidate: string;
  readonly case: string;
  readonly median?: number;
  readonly returns?: string;
}

/** A target against results. */
export interface Verdict {
  readonly says: string;
  readonly got?: number;
  readonly kept?: boolean;
  readonly off?: number;
}

/** A line of the table of targets. */
export interface Target {
  readonly in: string;
  readonly case: string;
  readonly candidate?: string;
  readonly of?: string;
  readonly than?: string;
}

/** What the tests need of a benchmark. */
export interface Definition {
  readonly candidates: readonly string[];
  readonly peers: readonly string[];
  readonly cases: readonly string[];
  readonly baseline: string;
  readonly quick: { readonly cases: readonly string[]; readonly candidates?: readonly string[] };
}

/** The parts of `bench/` that need no peers. They are plain scripts: here is what they are, told once. */
export interface Bench {
  readonly returned: (first: unknown, hit: () => unknown, make: () => unknown) => Promise<string>;
  readonly judge: (benchmark: string, definition: Pick<Definition, 'peers'>, results: readonly Result[]) => Verdict[];
  readonly targets: readonly Target[];
  readonly benchmarks: readonly string[];
  readonly definitionOf: (name: string) => Promise<Definition>;
  readonly median: (values: readonly number[]) => number;
  readonly shown: (figure: number | undefined, unit: string) => string;
  readonly page: (reports: readonly object[]) => string;
  readonly filledIn: (text: string, reports: readonly object[]) => string;
}

/** All of them in one. */
export async function bench(): Promise<Bench> {
  const files = ['returned', 'targets', 'runner', 'statistics', 'figures', 'report/page', 'report/markdown'];
  const modules = await Promise.all(
    files.map((file): Promise<object> => import(pathToFileURL(join(root, `bench/${file}.mjs`)).href)),
  );
  return Object.assign({}, ...modules) as Bench;
}
