import { codeMaker } from '../../made-code.js';
import type { ArrayShape, ObjectShape, Shape } from './shape.js';
import type { Copy, Tools } from './tools.js';

/*
 * Copiers as code that was written for one shape. Names come into it as JSON alone, and never `__proto__`, of which a shape
 * has none.
 *
 * Objects are written as literals, which is the fastest for what is small. For a literal V8 notes how many of its objects live
 * on; once most of them have, as those of a large result do (it fills what a collection looks through), it makes all that
 * follow as if they would live for long, and they become garbage that only a full collection finds: then a copy of 10,000 rows
 * takes 2.5 times as long. So the objects of what is large are made by constructors, of which V8 notes nothing, and whose
 * prototype is that of all objects.
 *
 * A constructor assigns, and an assignment looks along the prototypes, where a literal does not. So no property of
 * `Object.prototype` is assigned; and when it was given one of the names later, the copier that looks at everything copies.
 */

/** So many fields of objects in each other are written as one literal: V8 then makes room for all of them at once. */
const MOST_FIELDS = 64;

/**
 * The source of a copier, of large values or of others: the body of a function of `date`, `any` and `all` (the prototype of all
 * objects) that returns it.
 */
export function sourceOf(shape: Shape, isLarge: boolean): string {
  return new Source(isLarge).of(shape);
}

const makeCode = codeMaker(2048);

/** Compiles a copier; undefined when no code may be made, or enough was. */
export function compiled(shape: Shape, { date, any }: Tools, isLarge: boolean): Copy | undefined {
  return makeCode(sourceOf(shape, isLarge), { date, any, all: Object.prototype }) as Copy | undefined;
}

/** The source of one copier. */
class Source {
  readonly #isLarge: boolean;
  readonly #functions: string[] = [];
  /** The names that are assigned, as JSON. */
  readonly #assigned = new Set<string>();

  constructor(isLarge: boolean) {
    this.#isLarge = isLarge;
  }

  /** The whole of it. */
  of(shape: Shape): string {
    const root = this.#copier(shape);
    const given = [...this.#assigned].map((name) => `${name} in all`).join(' || ');
    const copy = given === '' ? root : this.#add(`return ${given} ? any(v) : ${root}(v);`);
    return `${this.#functions.join('\n')}\nreturn ${copy};`;
  }

  /** Adds the function that copies values of a shape, and those that it needs, and answers with its name. */
  #copier(shape: Shape): string {
    switch (shape.kind) {
      case 'none':
      case 'primitive':
        return this.#add('return v;');
      case 'any':
        return 'any';
      case 'date':
        return shape.maybe ? this.#maybe('date') : 'date';
      case 'array': {
        const name = this.#add(this.#arrayBody(shape));
        return shape.maybe ? this.#maybe(name) : name;
      }
      case 'object':
        break;
    }
    const name = this.#add(this.#objectBody(shape));
    return shape.maybe ? this.#maybe(name) : name;
  }

  #add(body: string): string {
    const name = `f${this.#functions.length}`;
    this.#functions.push(`function ${name}(v) { ${body} }`);
    return name;
  }

  #maybe(copy: string): string {
    return this.#add(`return typeof v === 'object' && v !== null ? ${copy}(v) : v;`);
  }

  #objectBody(shape: ObjectShape): string {
    if (this.#isMade(shape)) return `return new ${this.#maker(shape)}(v);`;
    const [before, made] = this.#literal(shape, 'v');
    return `${before}return ${made};`;
  }

  #literal(shape: ObjectShape, variable: string): readonly [before: string, made: string] {
    const literal = new Literal((field) => this.#copier(field));
    const made = literal.of(shape, variable);
    return [literal.before, made];
  }

  #arrayBody({ items }: ArrayShape): string {
    // A slice is one copy of memory, and packed.
    if (items.kind === 'none' || items.kind === 'primitive') return this.#isLarge ? 'return v.slice();' : SMALL_ARRAYS;
    const [before, item] = this.#itemCopy(items);
    return `const c = v.slice(); for (let i = 0; i < c.length; i++) { ${before}c[i] = ${item}; } return c;`;
  }

  #itemCopy(items: Shape): readonly [before: string, item: string] {
    if (items.kind !== 'object' || items.maybe) return ['', `${this.#copier(items)}(c[i])`];
    if (this.#isMade(items)) return ['', `new ${this.#maker(items)}(c[i])`];
    const [before, made] = this.#literal(items, 'r');
    return [`const r = c[i]; ${before}`, made];
  }

  /** Adds the constructor of the copies of an object, and answers with its name. */
  #maker({ keys, values }: ObjectShape): string {
    const fields = keys.map((key, index) => {
      const name = JSON.stringify(key);
      this.#assigned.add(name);
      return `this[${name}] = ${this.#field(values[index], `v[${name}]`)};`;
    });
    const name = `F${this.#functions.length}`;
    // Named as what the copies are, for who looks for them in a snapshot of the heap.
    this.#functions.push(`const ${name} = function Object(v) { ${fields.join(' ')} }; ${name}.prototype = all;`);
    return name;
  }

  #field(shape: Shape | undefined, value: string): string {
    if (shape === undefined || shape.kind === 'primitive') return value;
    const isMade = shape.kind === 'object' && !shape.maybe && this.#isMade(shape);
    return isMade ? `new ${this.#maker(shape)}(${value})` : `${this.#copier(shape)}(${value})`;
  }

  /** Whether an object is made by a constructor: of what is large, where nothing changes what an assignment does. */
  #isMade({ keys }: ObjectShape): boolean {
    return this.#isLarge && !keys.some((key) => key in Object.prototype);
  }
}

/** An expression that copies an object, with those in it that are always there. */
class Literal {
  /** The statements that it needs before it. */
  before = '';
  readonly #copier: (shape: Shape) => string;
  #fields = 0;
  #names = 0;

  /** `copier` names the function that copies values of a shape. */
  constructor(copier: (shape: Shape) => string) {
    this.#copier = copier;
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
    if (!isWithin) return `${this.#copier(shape)}(${value})`;
    const variable = `o${this.#names++}`;
    this.before += `const ${variable} = ${value}; `;
    return this.of(shape, variable);
  }
}

/** A call costs as much as it takes to write down what is in a few items. */
const SMALL_ARRAYS =
  'switch (v.length) { case 0: return []; case 1: return [v[0]]; case 2: return [v[0], v[1]]; ' +
  'case 3: return [v[0], v[1], v[2]]; case 4: return [v[0], v[1], v[2], v[3]]; default: return v.slice(); }';
