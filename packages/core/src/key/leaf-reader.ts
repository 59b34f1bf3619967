import { codeMaker } from '../made-code.js';
import { shapesText, type ArgumentShape, type FieldsShape } from './argument-shape.js';
import { areKeyedByContents, asCompared, hashOf, hashOfText, isLeaf, LONGEST_TEXT, mixed, SEED } from './leaf.js';

/*
 * Readers of arguments as code that was written for what they look like. Names come into it as JSON alone, and never
 * `__proto__`, of which a shape has none.
 *
 * A plain object is one whose prototype is Object.prototype, and which has no properties named by symbols: the one thing
 * that is asked of an object for this alone, since names tell nothing of them. Nothing cheaper tells it.
 */

/** The leaves of arguments, and their hash. */
export interface Leaves {
  readonly hash: number;
  readonly leaves: readonly unknown[];
}

/** What is found by leaves. Of those with one hash, one leads to the next. */
export interface Noted<T> extends Leaves {
  /** What has read the leaves, if that was one for their shape: it leaves out what all arguments of the shape have. */
  readonly reader: LeafReader | undefined;
  readonly item: T;
  readonly next: Noted<T> | undefined;
}

/** Reads arguments of one shape. It throws what their getters do. */
export interface LeafReader {
  /** What was noted for arguments with the same leaves; undefined for others, and for arguments of another shape. */
  find<T>(args: readonly unknown[], noted: ReadonlyMap<number, Noted<T>>): T | undefined;
  /** Their leaves; undefined for arguments of another shape. */
  read(args: readonly unknown[]): Leaves | undefined;
}

/** Longer lists are not compared faster than texts are made. */
const MOST_ITEMS = 64;

/** So many shapes of arguments are compiled in a process, whatever its callers make up (hazard 52). */
const MOST_READERS = 512;

const makeCode = codeMaker(MOST_READERS);
const known = new Map<string, LeafReader>();

/** What the code of readers uses. */
const TOOLS = {
  SEED,
  plain: Object.prototype,
  list: Array.prototype,
  prototypeOf: Object.getPrototypeOf,
  namesOf: Object.getOwnPropertyNames,
  symbolsOf: Object.getOwnPropertySymbols,
  isArray: Array.isArray,
  areKeyedByContents,
  isLeaf,
  asCompared,
  mixed,
  hashOf,
  hashOfText,
  areAt,
};

/** The reader of arguments of these shapes; undefined when no code may be made, or enough was. */
export function leafReaderOf(shapes: readonly ArgumentShape[]): LeafReader | undefined {
  const text = shapesText(shapes);
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = makeCode(sourceOf(shapes), TOOLS) as LeafReader | undefined;
  if (made !== undefined) known.set(text, made);
  return made;
}

/** The source of a reader: the body of a function of the tools that returns it. */
export function sourceOf(shapes: readonly ArgumentShape[]): string {
  const code = new Code();
  const hasObjects = shapes.some(({ kind }) => kind !== 'primitive');
  for (const [index, shape] of shapes.entries()) code.read(`args[${index}]`, shape);
  const before = `if (args.length !== ${shapes.length}${hasObjects ? ' || !areKeyedByContents()' : ''}) return undefined;
let h = SEED;
${code.lines.join('\n')}`;
  // Leaves are variables here, and no list: a hit makes none, and a getter that calls the same function does no harm.
  return `const reader = {
find(args, noted) {
${before}
for (let each = noted.get(h); each !== undefined; each = each.next) {
const n = each.leaves;
let k = 0;
if (each.reader === reader${code.tests.join('')}) return each.item;
}
return undefined;
},
read(args) {
${before}
const leaves = [];
${code.lists.join('\n')}
return { hash: h, leaves };
},
};
return reader;`;
}

/** The code that reads arguments into variables, and what it says of them. */
class Code {
  readonly lines: string[] = [];
  /** Whether leaves that were noted are the same: `n` are these, `k` is the place of the next. */
  readonly tests: string[] = [];
  /** Puts the leaves into a list. */
  readonly lists: string[] = [];
  #variables = 0;

  read(from: string, shape: ArgumentShape): void {
    const name = `v${(this.#variables += 1)}`;
    this.lines.push(`${shape.kind === 'primitive' ? 'let' : 'const'} ${name} = ${from};`);
    switch (shape.kind) {
      case 'primitive':
        this.lines.push(leafCode(name));
        this.tests.push(` && n[k++] === ${name}`);
        this.lists.push(`leaves.push(${name});`);
        break;
      case 'primitives':
        this.lines.push(listCode(name));
        this.tests.push(` && n[k++] === ${name}.length && areAt(n, k, ${name}) && (k += ${name}.length) > 0`);
        this.lists.push(`leaves.push(${name}.length, ...${name}.map(asCompared));`);
        break;
      case 'fields':
        this.#fields(name, shape);
        break;
    }
  }

  #fields(object: string, { names, values }: FieldsShape): void {
    const list = `${object}n`;
    const differs = names.map((name, index) => ` || ${list}[${index}] !== ${JSON.stringify(name)}`).join('');
    this.lines.push(
      `if (typeof ${object} !== 'object' || ${object} === null || prototypeOf(${object}) !== plain) return undefined;`,
      `const ${list} = namesOf(${object});`,
      `if (${list}.length !== ${names.length}${differs} || symbolsOf(${object}).length !== 0) return undefined;`,
    );
    for (const [index, name] of names.entries()) {
      const value = values[index];
      if (value !== undefined) this.read(`${object}[${JSON.stringify(name)}]`, value);
    }
  }
}

/** What most are is told apart here; their hashes are those of `hashOf`. */
function leafCode(value: string): string {
  return `if (typeof ${value} === 'string') {
  if (${value}.length > ${LONGEST_TEXT}) return undefined;
  h = mixed(h, hashOfText(${value}));
} else if (typeof ${value} === 'number' && (${value} | 0) === ${value} && ${value} !== 0) {
  h = mixed(h, ${value});
} else if (typeof ${value} === 'boolean') {
  h = mixed(h, ${value} ? 1 : 2);
} else {
  if (!isLeaf(${value})) return undefined;
  h = mixed(h, hashOf(${value}));
  ${value} = asCompared(${value});
}`;
}

/** The engine lists the indexes of an array first, then 'length': so there are no holes, and nothing beside the items. */
function listCode(array: string): string {
  const names = `${array}n`;
  return `if (!isArray(${array}) || prototypeOf(${array}) !== list || ${array}.length > ${MOST_ITEMS}) return undefined;
const ${names} = namesOf(${array});
if (${names}.length !== ${array}.length + 1 || ${names}[${array}.length] !== 'length' || symbolsOf(${array}).length !== 0) return undefined;
h = mixed(h, ${array}.length);
for (let i = 0; i < ${array}.length; i++) {
  let v = ${array}[i];
  ${leafCode('v')}
}`;
}

/** Whether these leaves are from some place on the items of an array. */
function areAt(leaves: readonly unknown[], place: number, items: readonly unknown[]): boolean {
  for (let index = 0; index < items.length; index++) {
    if (leaves[place + index] !== asCompared(items[index])) return false;
  }
  return true;
}
