import fc from 'fast-check';

/** How to make a value. Two values of one recipe are equal, and a recipe can be changed in one place. */
export type Recipe =
  | { readonly is: 'leaf'; readonly make: () => unknown }
  | { readonly is: 'array' | 'set'; readonly items: readonly Recipe[] }
  | { readonly is: 'object' | 'bare' | 'named'; readonly fields: readonly (readonly [string, Recipe])[] }
  | { readonly is: 'map'; readonly entries: readonly (readonly [Recipe, Recipe])[] }
  | { readonly is: 'hole' }
  /** The container so many levels up. */
  | { readonly is: 'up'; readonly levels: number }
  /** A container that was made before. */
  | { readonly is: 'again'; readonly which: number };

const leaf = (make: () => unknown): Recipe => ({ is: 'leaf', make });

/** Near each other on purpose, so that a small change often makes a value that is almost the same. */
const leaves: readonly Recipe[] = [
  0,
  -0,
  1,
  -1,
  1.5,
  Number.NaN,
  1e21,
  '',
  '0',
  '1',
  'a',
  'ab',
  'b',
  'NaN',
  'null',
  'true',
  true,
  false,
  0n,
  1n,

  null,
  undefined,
  '\ud800',
  '\ufffd',
  's1:a',
  'n1;',
  '[',
  ']',
  '{}',
  '(',
  ')',
  '^0;',
  '|',
  'h1;',
  'x'.repeat(4097),
].map((value) => leaf(() => value));

const objects: readonly Recipe[] = [
  () => new Date(0),
  () => new Date(1),
  () => new Date(Number.NaN),
  () => /a/g,
  () => /a/i,
  () => Object.assign(/a/g, { lastIndex: 1 }),
  () => new URL('http://a/'),
  () => new URL('http://a/?'),
  () => new URLSearchParams('a=1'),
  () => new URLSearchParams('a=1&a=1'),
  () => Uint8Array.of(1, 0),
  () => Buffer.from([1, 0]),
  () => Uint8Array.of(9, 1, 0).subarray(1),
  () => Int8Array.of(1, 0),
  () => Uint16Array.of(1),
  () => Uint8Array.of(1, 0).buffer,
  () => new DataView(Uint8Array.of(1, 0).buffer),
  () => Float64Array.of(-0),
  () => Float64Array.of(0),
  () => new Uint8Array(2000),
  () => new Uint8Array(2000).fill(1, 1999),
].map(leaf);

const name = fc.constantFrom('a', 'b', 'ab', '', '0', '1', 'length', '__proto__', 's1:a', '\ud800');

const fields = (value: fc.Arbitrary<Recipe>): fc.Arbitrary<readonly [string, Recipe][]> =>
  fc.uniqueArray(fc.tuple(name, value), { maxLength: 3, selector: ([key]) => key });

/** Any value, with sharing and cycles. */
export const recipe: fc.Arbitrary<Recipe> = fc.letrec<{ value: Recipe }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 4, arbitrary: fc.constantFrom(...leaves) },
    { weight: 1, arbitrary: fc.constantFrom(...objects) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('up'), levels: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('again'), which: fc.nat(5) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        is: fc.constantFrom('array', 'array', 'set'),
        items: fc.array(fc.oneof({ weight: 8, arbitrary: tie('value') }, fc.constant<Recipe>({ is: 'hole' })), {
          maxLength: 4,
        }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ is: fc.constantFrom('object', 'object', 'bare', 'named'), fields: fields(tie('value')) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        is: fc.constant('map'),
        entries: fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }),
      }),
    },
  ),
})).value;

interface Making {
  readonly above: object[];
  readonly done: object[];
}

/** Makes a value of a recipe. */
export function make(recipe: Recipe, making: Making = { above: [], done: [] }): unknown {
  switch (recipe.is) {
    case 'leaf':
      return recipe.make();
    case 'up':
      return making.above.at(-1 - recipe.levels) ?? recipe.levels;
    case 'again':
      return making.done[recipe.which] ?? recipe.which;
    case 'hole':
      return undefined;
    case 'array':
      return fill([], making, (array) => fillArray(array, recipe.items, making));
    case 'set':
      return fill(new Set(), making, (set) => recipe.items.forEach((item) => set.add(make(item, making))));
    case 'map':
      return fill(new Map(), making, (map) =>
        recipe.entries.forEach(([k, v]) => map.set(make(k, making), make(v, making))),
      );
    case 'object':
      return fill({}, making, (object) => fillFields(object, recipe.fields, making));
    case 'bare':
      return fill(Object.create(null) as object, making, (object) => fillFields(object, recipe.fields, making));
    case 'named':
      return fill([1], making, (array) => fillFields(array, recipe.fields, making));
    default:
      return recipe satisfies never;
  }
}

function fill<T extends object>(container: T, making: Making, add: (container: T) => void): T {
  making.above.push(container);
  add(container);
  making.above.pop();
  making.done.push(container);
  return container;
}

function fillArray(array: unknown[], items: readonly Recipe[], making: Making): void {
  for (const [at, item] of items.entries()) {
    if (item.is === 'hole') array.length = at + 1;
    else array[at] = make(item, making);
  }
}

function fillFields(object: object, fields: readonly (readonly [string, Recipe])[], making: Making): void {
  for (const [key, field] of fields) {
    if (key === 'length' && Array.isArray(object)) continue;
    Object.defineProperty(object, key, {
      value: make(field, making),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}

/** The recipe with one place changed: `where` picks it, `how` the change. Often the value stays equal. */
export function changed(recipe: Recipe, where: number, how: number): Recipe {
  let left = where % size(recipe);
  const visit = (at: Recipe): Recipe => {
    left -= 1;
    if (left === -1) return changedHere(at, how);
    return withChildren(at, visit);
  };
  return visit(recipe);
}

function size(recipe: Recipe): number {
  let count = 0;
  const visit = (at: Recipe): Recipe => {
    count += 1;
    return withChildren(at, visit);
  };
  visit(recipe);
  return count;
}

function withChildren(recipe: Recipe, visit: (child: Recipe) => Recipe): Recipe {
  if ('items' in recipe) return { ...recipe, items: recipe.items.map(visit) };
  if ('fields' in recipe)
    return { ...recipe, fields: recipe.fields.map(([key, value]) => [key, visit(value)] as const) };
  if ('entries' in recipe) return { ...recipe, entries: recipe.entries.map(([k, v]) => [visit(k), visit(v)] as const) };
  return recipe;
}

const pick = (from: readonly Recipe[], how: number): Recipe => from[how % from.length] ?? leaf(() => how);

function changedHere(recipe: Recipe, how: number): Recipe {
  if (how % 7 === 0) return { is: 'array', items: [recipe] };
  switch (recipe.is) {
    case 'leaf':
      return pick([...leaves, ...objects], how);
    case 'hole':
      return pick(leaves, how);
    case 'up':
      return { is: 'up', levels: (recipe.levels + 1) % 4 };
    case 'again':
      return { is: 'again', which: (recipe.which + 1) % 6 };
    case 'array':
    case 'set':
      return changedItems(recipe, how);
    case 'map':
      return { is: 'map', entries: recipe.entries.toReversed() };
    case 'object':
    case 'bare':
    case 'named':
      return changedFields(recipe, how);
    default:
      return recipe satisfies never;
  }
}

function changedItems(recipe: Extract<Recipe, { items: unknown }>, how: number): Recipe {
  const { items } = recipe;
  if (how % 4 === 0) return { ...recipe, is: recipe.is === 'set' ? 'array' : 'set' };
  if (how % 4 === 1) return { ...recipe, items: items.toReversed() };
  if (how % 4 === 2) return { ...recipe, items: items.slice(1) };
  return { ...recipe, items: [...items, { is: 'hole' }] };
}

function changedFields(recipe: Extract<Recipe, { fields: unknown }>, how: number): Recipe {
  const { fields } = recipe;
  if (how % 4 === 0) return { ...recipe, is: recipe.is === 'bare' ? 'object' : 'bare' };
  if (how % 4 === 1) return { ...recipe, fields: fields.toReversed() };
  if (how % 4 === 2) return { ...recipe, fields: fields.slice(1) };
  return { ...recipe, fields: [...fields.filter(([key]) => key !== 'z'), ['z', leaf(() => undefined)]] };
}
