import { codeMaker } from '../made-code.js';
import { shapesText, type ArgumentShape, type FieldsShape } from './argument-shape.js';
import type { ArgumentLeaves } from './argument-leaves.js';
import { areKeyedByContents, asCompared, hashOf, hashOfText, isLeaf, LONGEST_TEXT, mixed, SEED } from './leaf.js';

/*
 * Readers of arguments as code that was written for what they look like. Names come into it as JSON alone, and never
 * `__proto__`, of which a shape has none.
 *
 * A plain object is one whose prototype is Object.prototype, and which has no properties named by symbols: the one thing
 * that is asked of an object for this alone, since names tell nothing of them. Nothing cheaper tells it.
 */

/** Puts the primitives in arguments of its shape into a list, and their hash beside it; false for other arguments. */
export type LeafReader = (args: readonly unknown[], into: ArgumentLeaves) => boolean;

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
  return `return function read(args, into) {
if (args.length !== ${shapes.length}${hasObjects ? ' || !areKeyedByContents()' : ''}) return false;
const leaves = into.list;
let h = SEED;
let n = 0;
${code.lines.join('\n')}
into.hash = h;
into.count = n;
return true;
};`;
}

class Code {
  readonly lines: string[] = [];
  #variables = 0;

  read(from: string, shape: ArgumentShape): void {
    const name = `v${(this.#variables += 1)}`;
    this.lines.push(`const ${name} = ${from};`);
    switch (shape.kind) {
      case 'primitive':
        this.lines.push(leafCode(name));
        break;
      case 'primitives':
        this.lines.push(listCode(name));
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
      `if (typeof ${object} !== 'object' || ${object} === null || prototypeOf(${object}) !== plain) return false;`,
      `const ${list} = namesOf(${object});`,
      `if (${list}.length !== ${names.length}${differs} || symbolsOf(${object}).length !== 0) return false;`,
    );
    for (const [index, name] of names.entries()) {
      const value = values[index];
      if (value !== undefined) this.read(`${object}[${JSON.stringify(name)}]`, value);
    }
  }
}

function leafCode(value: string): string {
  return `if (typeof ${value} === 'string') {
  if (${value}.length > ${LONGEST_TEXT}) return false;
  h = mixed(h, hashOfText(${value}));
  leaves[n++] = ${value};
} else {
  if (!isLeaf(${value})) return false;
  h = mixed(h, hashOf(${value}));
  leaves[n++] = asCompared(${value});
}`;
}

/** The engine lists the indexes of an array first, then 'length': so there are no holes, and nothing beside the items. */
function listCode(array: string): string {
  const names = `${array}n`;
  return `if (!isArray(${array}) || prototypeOf(${array}) !== list || ${array}.length >= leaves.length - n) return false;
const ${names} = namesOf(${array});
if (${names}.length !== ${array}.length + 1 || ${names}[${array}.length] !== 'length' || symbolsOf(${array}).length !== 0) return false;
h = mixed(h, ${array}.length);
leaves[n++] = ${array}.length;
for (let i = 0; i < ${array}.length; i++) {
  const v = ${array}[i];
  ${leafCode('v')}
}`;
}
