import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programsOf, withEllipses } from './support/programs.js';
import { runNode } from '../support/node.js';
import { compile, type Compiled } from './support/compile.js';

/** A page as an author would write it; `~` stands for a backtick, so that this file is no page itself. */
function page(text: string): string {
  return text.replaceAll('~', '`');
}

const GOOD = page(`# A page

~~~ts
const one: number = 1;
console.log(one); // → 1
~~~

Words between.

~~~ts continued
console.log([one, 2]);
// → [ 1, 2 ]
~~~

~~~sh
not a program
~~~

~~~ts no-run
process.exit(3);
~~~
`);

const BAD = page(`~~~ts
console.log(1 + 1); // → 3
~~~

~~~ts
const text: string = 1;
console.log(text); // → 1
~~~
`);

describe('a page', () => {
  test('gives one program a block, and joins those that continue one', () => {
    const [first, second, ...others] = programsOf('docs/x.md', GOOD);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ line: 3, noRun: false, expected: ['1', '[ 1, 2 ]'] });
    expect(second).toMatchObject({ line: 19, noRun: true, expected: [] });
  });

  test('keeps the line numbers of the page in its programs', () => {
    const lines = programsOf('docs/x.md', GOOD)[0]?.source.split('\n') ?? [];
    expect(lines[3]).toBe('const one: number = 1;');
    expect(lines[10]).toBe('console.log([one, 2]);');
  });

  test('is refused when a block has a word that means nothing, or nothing to continue, or no end', () => {
    expect(() => programsOf('docs/x.md', page('~~~ts norun\n~~~\n'))).toThrow('docs/x.md:1: a block is `no-run`');
    expect(() => programsOf('docs/x.md', page('~~~ts continued\n~~~\n'))).toThrow('nothing to continue');
    expect(() => programsOf('docs/x.md', page('text\n~~~ts\n'))).toThrow('docs/x.md:2: the block has no end');
  });
});

test('an ellipsis in an expectation is any text, and only that', () => {
  const expected = ['ttl=…; stored', 'x', 'a.c …'];
  expect(withEllipses(['ttl=59; stored', 'x', 'a.c d'], expected)).toEqual(expected);
  expect(withEllipses(['ttl=; stored', 'y', 'abc d'], expected)).toEqual(['ttl=; stored', 'y', 'abc d']);
});

describe('a page with faults', () => {
  const [wrongOutput, wrongType, ...others] = programsOf('docs/bad.md', BAD);
  let compiled: Compiled;
  if (wrongOutput === undefined || wrongType === undefined || others.length > 0)
    throw new Error('two programs expected');

  beforeAll(async () => {
    compiled = await compile([wrongOutput, wrongType]);
  }, 60_000);

  afterAll(() => compiled?.remove());

  test('has an expectation that is not what its program prints', async () => {
    const { code, stdout } = await runNode([compiled.fileOf(wrongOutput)]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2\n' });
    expect(stdout.split('\n').slice(0, -1)).not.toEqual(wrongOutput.expected);
  });

  test('has a type error, which is told with the line of the page', () => {
    expect(compiled.errorsIn(wrongOutput)).toEqual([]);
    expect(compiled.errorsIn(wrongType)).toEqual([expect.stringMatching(/^docs\/bad\.md\(6,7\): error TS2322/)]);
  });
});
