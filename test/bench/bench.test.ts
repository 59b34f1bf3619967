import { describe, expect, test } from 'vitest';
import * as codec from '../../packages/core/src/codec/index.js';
import * as copies from '../../packages/core/src/copy/index.js';
import * as keys from '../../packages/core/src/key/index.js';
import { bench, type Result } from './support/bench.js';

const {
  benchmarks,
  definitionOf,
  filledIn,
  judge,
  median,
  page,
  returned,
  shown,
  targets,
}: Awaited<ReturnType<typeof bench>> = await bench();

const make = (): { at: Date; inner: { n: number } } => ({ at: new Date(0), inner: { n: 1 } });

describe('what a cache hands out', () => {
  test('is shared when two hits are one object', async () => {
    const one = make();
    expect(await returned(one, () => one, make)).toBe('shared');
  });

  test('is a fresh copy when every hit is another object that is equal', async () => {
    expect(await returned(make(), make, make)).toBe('fresh copy');
  });

  test('loses what does not come back as it was', async () => {
    expect(await returned(make(), () => JSON.parse(JSON.stringify(make())), make)).toBe('copy, loses Date');
  });

  test('leaks when what the first caller does is seen by later ones', async () => {
    const kept = make();
    expect(await returned(kept, () => structuredClone(kept), make)).toBe('fresh copy, first caller leaks');
  });

  test('is a copy in part when hits have an object in common', async () => {
    const kept = make();
    expect(await returned(make(), () => ({ ...make(), inner: kept.inner }), make)).toBe('copy in part');
  });
});

describe('a target', () => {
  const small = 'small object, a string';
  const results: Result[] = [
    { candidate: 'millpond', case: small, median: 100, returns: 'fresh copy' },
    { candidate: 'floor', case: small, median: 50, returns: 'shared' },
    { candidate: 'fast but shares', case: small, median: 60, returns: 'shared' },
    { candidate: 'copies', case: small, median: 5000, returns: 'copy, loses Date' },
  ];
  const definition = { peers: ['fast but shares', 'copies'] };
  const verdict = (words: string): unknown =>
    judge('hits-async', definition, results).find(({ says, got }) => says.includes(words) && got !== undefined);

  test('that is a ratio to the floor is missed by as much as it is over', () => {
    expect(verdict('times floor')).toMatchObject({ got: 2, kept: false, off: 2 / 1.3 });
  });

  test('about peers that copy does not look at those that share', () => {
    expect(verdict('that copies (copies)')).toMatchObject({ got: 50, kept: true });
  });

  test('for which a figure is missing is neither kept nor missed', () => {
    const judged = judge('hits-async', definition, results).filter(({ says }) => says.includes('lru-cache'));
    expect(judged.length).toBeGreaterThan(0);
    for (const { kept } of judged) expect(kept).toBeUndefined();
  });

  test.each(targets.map((target) => ({ ...target, name: `${target.in}: ${target.case}` })))(
    'is about what is measured: $name',
    async (target) => {
      const { candidates, cases } = await definitionOf(target.in);
      expect(cases).toContain(target.case);
      expect(candidates).toContain(target.candidate ?? 'millpond');
      if (target.of !== undefined && target.of !== 'fastest') expect(candidates).toContain(target.of);
      if (target.than !== undefined) expect(cases).toContain(target.than);
    },
  );
});

test.each(benchmarks)('the benchmark %s measures its baseline, also in a quick run', async (name) => {
  const { candidates, cases, baseline, peers, quick } = await definitionOf(name);
  expect(candidates).toEqual(expect.arrayContaining([baseline, ...peers]));
  expect(cases).toEqual(expect.arrayContaining([...quick.cases]));
  expect(quick.candidates ?? candidates).toContain(baseline);
});

test('the pieces that benchmarks take from inside core are there', () => {
  const { AliasTable, createKeyer } = keys;
  const pieces = [AliasTable, createKeyer, copies.keep, codec.encodeKept, codec.decodeValue];
  for (const piece of pieces) expect(piece).toBeTypeOf('function');
});

test('the median of an even number of figures is between the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
});

test('a figure is shown in three digits, in the unit that fits', () => {
  expect([shown(14.72, 'ns'), shown(3800, 'ns'), shown(1.25, 'x'), shown(627.4, 'B')]).toEqual([
    '14.7 ns',
    '3.80 us',
    '1.25x',
    '627 B',
  ]);
});

describe('the page', () => {
  const report = {
    benchmark: 'hits-async',
    title: 'A hit <fast>',
    about: 'Of `load(…)`',
    unit: 'ns',
    baseline: 'floor',
    environment: { date: '2026-01-01', node: 'v1', machine: 'one' },
    results: [{ candidate: 'millpond', case: 'small object, a string', median: 100, ratio: 2, returns: 'fresh copy' }],
    targets: [
      {
        area: 'A',
        case: 'small object, a string',
        says: 'at most 1.3 times floor',
        unit: 'x',
        got: 2,
        kept: false,
        off: 1.5,
      },
    ],
  };

  test('needs nothing but itself, and takes no text for markup', () => {
    const html = page([report]);
    expect(html).toContain('A hit &lt;fast>');
    expect(html).toContain('<code>load(…)</code>');
    expect(html).not.toMatch(/<script|<link|https?:|src=/);
  });

  test('of the documentation gets its tables anew, and keeps those without figures', () => {
    const text = 'a\n\n<!-- hits-async -->\nold\n<!-- end -->\n\n<!-- keys -->\nkept\n<!-- end -->\n';
    const filled = filledIn(text, [report]);
    expect(filled).not.toContain('old');
    expect(filled).toContain('| **millpond** |       100 ns | fresh copy      |');
    expect(filled).toContain('<!-- keys -->\nkept\n<!-- end -->');
    expect(filledIn(filled, [report])).toBe(filled);
  });
});
