import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allPages } from './support/pages.js';
import { programsOf, withEllipses, type Program } from './support/programs.js';
import { buildPackages, runNode } from '../support/node.js';
import { compile, type Compiled } from './support/compile.js';

const pages = allPages()
  .map(({ path, text }) => ({ path, programs: programsOf(path, text) }))
  .filter(({ programs }) => programs.length > 0);

let compiled: Compiled;

beforeAll(async () => {
  await buildPackages();
  compiled = await compile(pages.flatMap(({ programs }) => programs));
}, 180_000);

afterAll(() => compiled?.remove());

async function check(program: Program): Promise<void> {
  expect(compiled.errorsIn(program)).toEqual([]);
  if (program.noRun) return;
  const { code, stdout, stderr } = await runNode([compiled.fileOf(program)]);
  const printed = withEllipses(stdout.split('\n').slice(0, -1), program.expected);
  expect({ code, stderr, printed }).toEqual({ code: 0, stderr: '', printed: program.expected });
}

describe.each(pages)('the examples of $path', ({ programs }) => {
  test.concurrent.each(programs)('line $line does what it says', check);
});
