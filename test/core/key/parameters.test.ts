import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parametersOf, standsFor } from '../../../packages/core/src/key/parameters.js';
import { runs } from '../../support/runs.js';

type Fn = (...args: never) => unknown;

// The text of these functions is what the tests are about, so they are made from text, out of reach of the compiler.
const made = (text: string): Fn => runInThisContext(`(${text})`) as Fn;

/** The parameters as one text: `a, b = , ...c, {}`; undefined when they cannot be seen. */
function seen(fn: Fn): string | undefined {
  const ends = { plain: '', default: ' =', rest: '' };
  return parametersOf(fn)
    ?.map(({ name, kind }) => `${kind === 'rest' ? '...' : ''}${name ?? '{}'}${ends[kind]}`)
    .join(', ');
}

describe('the parameters of a function are read from its source', () => {
  test.each([
    ['() => 1', ''],
    ['(a, _b) => 1', 'a, _b'],
    ['(a, _b,) => 1', 'a, _b'],
    ['a => 1', 'a'],
    ['_a=>1', '_a'],
    ['async a => 1', 'a'],
    ['async /* b, => */ _a /* => */ => 1', '_a'],
    ['async => 1', 'async'],
    ['async (a, _b) => 1', 'a, _b'],
    ['async(a, _b) => 1', 'a, _b'],
    ['function (a, _b) {}', 'a, _b'],
    ['function load(a, _b) {}', 'a, _b'],
    ['function /* (x) */ load /* (y) */ (a /* , z */, _b // , )\n) {}', 'a, _b'],
    ['async function load(a, _b) {}', 'a, _b'],
    ['function* load(a, _b) {}', 'a, _b'],
    ['function größe($a, _ü) {}', '$a, _ü'],
    ['{ load(a, _b) {} }.load', 'a, _b'],
    ['{ async load(a, _b) {} }.load', 'a, _b'],
    ['{ async(a, _b) {} }.async', 'a, _b'],
    ['{ get(a, _b) {} }.get', 'a, _b'],
    ['{ async *load(a, _b) {} }.load', 'a, _b'],
    ['{ "lo(x)ad"(a, _b) {} }["lo(x)ad"]', 'a, _b'],
    ['{ 42(a, _b) {} }[42]', 'a, _b'],
    ['{ [`lo${((x) => x)("a")}d`](a, _b) {} }.load', 'a, _b'],
    ['class { static load(a, _b) {} }.load', 'a, _b'],
    ['class { static #load(a, _b) {} static its = this.#load }.its', 'a, _b'],
    ['new (class { load = async (a, _b) => 1 })().load', 'a, _b'],
    ['Object.getOwnPropertyDescriptor({ get load() { return 1 } }, "load").get', ''],
    ['Object.getOwnPropertyDescriptor({ set load(_b) {} }, "load").set', '_b'],
  ])('%s', (text, parameters) => {
    expect(seen(made(text))).toBe(parameters);
  });

  test.each([
    ['a rest', '(a, ..._rest) => 1', 'a, ..._rest'],
    ['what is taken apart', '({ a, _b: { _c = ")" } }, [_d, , ...e], ...[_f]) => 1', '{}, {}, ...{}'],
    ['numbers', '(a = 1_000n, b = .5e-3, c = 0x1f / 2, _d) => 1', 'a =, b =, c =, _d'],
    [
      'texts',
      String.raw`(a = ",) => {", b = '\'),', c = "\
", _d) => 1`,
      'a =, b =, c =, _d',
    ],
    ['templates', '(a = `)${`,${"`"})` + ((x, y) => `}`)(1)},`, _b) => 1', 'a =, _b'],
    [
      'expressions',
      String.raw`(a = /[/),\]]\/,/gi, b = [/,/, /\)/u], c = !/,/.test(""), _d) => 1`,
      'a =, b =, c =, _d',
    ],
    ['divisions', '(a = 4 / 2, b = a / (1, 2) / [3][0] / a, _c) => 1', 'a =, b =, _c'],
    ['steps', '(a = 1, b = a++ / 2, c = --a / 2, _d) => 1', 'a =, b =, c =, _d'],
    [
      'functions',
      '(a = (x, y) => [x, y], b = function (x, y) { return /,/ }, c = async x => x, _d) => 1',
      'a =, b =, c =, _d',
    ],
    ['classes', '(a = class { load(x, y) { return [x, y] } }, _b) => 1', 'a =, _b'],
    ['objects', '(a = { if: 1, "b,": [2, 3], ...{} }, _c) => 1', 'a =, _c'],
    ['calls and choices', '(a = Math.max(1, 2), b = a ? (1, 2) : 3, c = a?.b ?? 1, _d) => 1', 'a =, b =, c =, _d'],
    [
      'keywords before an expression',
      '(a = typeof /,/, b = void /,/, c = "a" in { a: /,/ }, _d) => 1',
      'a =, b =, c =, _d',
    ],
    [
      'properties named as keywords',
      '(a = { if: () => 4, typeof: 8 }, b = a.if() / 2, c = a.typeof / 2, _d) => 1',
      'a =, b =, c =, _d',
    ],
    [
      'statements',
      '(a = () => { if (1) /,/.test(""); while (0) /\\)/.test(""); for (const x of [1]) /,/.test(x); }, _b) => 1',
      'a =, _b',
    ],
    ['statements that wait', '(a = async () => { for await (const x of []) /,/.test(x); }, _b) => 1', 'a =, _b'],
    ['comments', '(a /* _x, */ = 1 /* , _y */, // , _z\n _b) => 1', 'a =, _b'],
  ])('with %s', (_, text, parameters) => {
    expect(seen(made(text))).toBe(parameters);
  });

  test('also of a function that stands for another', () => {
    const method = made('{ load(a, _b) {} }.load');
    const wrapper: Fn = (...args) => method(...args);
    expect(seen(wrapper)).toBe('...args');
    standsFor(wrapper, method);
    expect(seen(wrapper)).toBe('a, _b');
  });

  test('whatever the function says of itself', () => {
    expect(seen(Object.assign(made('(a, _b) => 1'), { toString: () => '(c) => 1' }))).toBe('a, _b');
  });
});

describe('the parameters cannot be seen', () => {
  test.each([
    ['of a bound function', '((a, _b) => 1).bind(null)'],
    ['of a built-in function', 'Math.max'],
    ['of a proxy', 'new Proxy((a, _b) => 1, {})'],
    [
      'of a function that stands for another, as its length tells',
      'Object.defineProperty((...args) => 1, "length", { value: 2 })',
    ],
    ['where a slash may be a division or an expression', '(a = {} / 2, _b) => 1'],
    ['where a word may be a name or an operator', '(a = async () => { await /,/ }, _b) => 1'],
    ['where a name is written with escapes', String.raw`(\u005fa, b) => 1`],
  ])('%s', (_, text) => {
    expect(seen(made(text))).toBeUndefined();
  });
});

const { value } = fc.letrec<{ value: string }>((tie) => {
  const inner = tie('value');
  return {
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('1', '"),"', "'`'", '/[,)]/g', 'x', '`,)`', 'x / 2', 'x++', '/* , */ 1', 'null', '[]', '{}'),
      inner.map((text) => `(${text})`),
      inner.map((text) => `[${text}, 1]`),
      inner.map((text) => `{ a: ${text}, if: 1 }`),
      inner.map((text) => `\`),\${${text}}\``),
      inner.map((text) => `(${text}) / 2`),
      inner.map((text) => `typeof (${text})`),
      inner.map((text) => `async (y, z = ${text}) => y / 2`),
      inner.map((text) => `function (y) { if (y) /,/.test(y); return ${text} }`),
      inner.map((text) => `class { load(y, z) { return ${text} } }`),
      fc.tuple(inner, inner).map(([one, other]) => `(${one}) + (${other}) / 2`),
    ),
  };
});

test('law: whatever the default values are, the names are seen as they are, or not at all', () => {
  const start = fc.constantFrom<[string, boolean]>(['a', true], ['_b', true], ['$', true], ['{ c@ }', false]);
  const list = fc.array(fc.tuple(start, fc.option(value)), { maxLength: 4 });
  const form = fc.constantFrom('(@) => 1', 'async function (@) {}', '{ m(@) {} }.m');
  let [all, unseen] = [0, 0];
  fc.assert(
    fc.property(list, form, (parameters, form) => {
      const names = parameters.map(([[name, isName]], at) => (isName ? `${name}${at}` : name.replace('@', `${at}`)));
      const texts = parameters.map(([, value], at) => `${names[at]}${value === null ? '' : ` = ${value}`}`);
      const told = parametersOf(made(form.replace('@', () => texts.join(', '))));
      all += 1;
      if (told === undefined) unseen += 1;
      else expect(told.map(({ name }) => name)).toEqual(names.map((name) => (name.startsWith('{') ? undefined : name)));
    }),
    { numRuns: runs(2000, 50_000) },
  );
  expect(unseen).toBeLessThan(all / 4);
});
