import { codeMaker } from '../../made-code.js';
import type { ArrayShape, ObjectShape, Shape } from './shape.js';
import type { Copy, Tools } from './tools.js';

/*
 * Copiers as code that was written for one shape. Names come into it as JSON alone, and never `__proto__`, of which a shape
 * has none.
 */

/** So many fields of objects in each other are written as one literal: V8 then makes room for all of them at once. */
const MOST_FIELDS = 64;

/** The source of a copier: the body of a function of `date` and `any` that returns it. */
export function sourceOf(shape: Shape): string {
  const functions: string[] = [];
  const root = copier(shape, functions);
  return `${functions.join('\n')}\nreturn ${root};`;
}

const makeCode = codeMaker(2048);

/** Compiles a copier; undefined when no code may be made, or enough was. */
export function compiled(shape: Shape, { date, any }: Tools): Copy | undefined {
  return makeCode(sourceOf(shape), { date, any }) as Copy | undefined;
}

/** Adds the function that copies values of a shape, and those that it needs, and answers with its name. */
function copier(shape: Shape, functions: string[]): string {
  switch (shape.kind) {
    case 'none':
    case 'primitive':
      return add(functions, 'return v;');
    case 'any':
      return 'any';
    case 'date':
      return shape.maybe ? maybe('date', functions) : 'date';
    case 'array': {
      const name = add(functions, arrayBody(shape, functions));
      return shape.maybe ? maybe(name, functions) : name;
    }
    case 'object':
      break;
  }
  const literal = new Literal(functions);
  const made = literal.of(shape, 'v');
  const name = add(functions, `${literal.before}return ${made};`);
  return shape.maybe ? maybe(name, functions) : name;
}

function add(functions: string[], body: string): string {
  const name = `f${functions.length}`;
  functions.push(`function ${name}(v) { ${body} }`);
  return name;
}

function maybe(copy: string, functions: string[]): string {
  return add(functions, `return typeof v === 'object' && v !== null ? ${copy}(v) : v;`);
}

/** An expression that copies an object, with those in it that are always there. */
class Literal {
  /** The statements that it needs before it. */
  before = '';
  readonly #functions: string[];
  #fields = 0;
  #names = 0;

  constructor(functions: string[]) {
    this.#functions = functions;
  }

  /** The copy of what a variable holds. */
  of({ keys, values }: ObjectShape, variable: string): string {
    this.#fields += keys.length;
    const fields = keys.map((key, index) => {
      const name = JSON.stringify(key);
      const value = values[index];
      return `${name}: ${value === undefined ? `${variable}[${name}]` : this.#field(value, `${variable}[${name}]`)}`;
    });
    return `{${fields.join(', ')}}`;
  }

  #field(shape: Shape, value: string): string {
    if (shape.kind === 'primitive') return value;
    const isWithin = shape.kind === 'object' && !shape.maybe && this.#fields + shape.keys.length <= MOST_FIELDS;
    if (!isWithin) return `${copier(shape, this.#functions)}(${value})`;
    const variable = `o${this.#names++}`;
    this.before += `const ${variable} = ${value}; `;
    return this.of(shape, variable);
  }
}

function arrayBody({ items }: ArrayShape, functions: string[]): string {
  if (items.kind === 'none' || items.kind === 'primitive') return SMALL_ARRAYS;
  const [before, item] = itemCopy(items, functions);
  // A slice is one copy of memory, and packed.
  return `const c = v.slice(); for (let i = 0; i < c.length; i++) { ${before}c[i] = ${item}; } return c;`;
}

/** A call costs as much as it takes to write down what is in a few items. */
const SMALL_ARRAYS =
  'switch (v.length) { case 0: return []; case 1: return [v[0]]; case 2: return [v[0], v[1]]; ' +
  'case 3: return [v[0], v[1], v[2]]; case 4: return [v[0], v[1], v[2], v[3]]; default: return v.slice(); }';

function itemCopy(items: Shape, functions: string[]): readonly [before: string, item: string] {
  if (items.kind !== 'object' || items.maybe) return ['', `${copier(items, functions)}(c[i])`];
  const literal = new Literal(functions);
  const made = literal.of(items, 'r');
  return [`const r = c[i]; ${literal.before}`, made];
}
