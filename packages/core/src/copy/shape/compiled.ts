import { codeMaker } from '../../made-code.js';
import type { ArrayShape, ObjectShape, Shape } from './shape.js';
import type { Copy, Tools } from './tools.js';

/*
 * Copiers as code that was written for one shape. Names come into it as JSON alone, and never `__proto__`, of which a shape
 * has none.
 */

/** The source of a copier: the body of a function of `date` and `any` that returns it. */
export function sourceOf(shape: Shape): string {
  const functions: string[] = [];
  const root = write(shape, functions);
  return `${functions.join('\n')}\nreturn ${root};`;
}

const makeCode = codeMaker(2048);

/** Compiles a copier; undefined when no code may be made, or enough was. */
export function compiled(shape: Shape, { date, any }: Tools): Copy | undefined {
  return makeCode(sourceOf(shape), { date, any }) as Copy | undefined;
}

/** Adds the function that copies values of a shape, and those that it needs, and answers with its name. */
function write(shape: Shape, functions: string[]): string {
  switch (shape.kind) {
    case 'none':
    case 'primitive':
      return add(functions, 'return v;');
    case 'any':
      return 'any';
    case 'date':
      return shape.maybe ? maybe('date', functions) : 'date';
    case 'array':
      break;
    case 'object': {
      const name = add(functions, objectBody(shape, functions));
      return shape.maybe ? maybe(name, functions) : name;
    }
  }
  const name = add(functions, arrayBody(shape, functions));
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

function objectBody({ keys, values }: ObjectShape, functions: string[]): string {
  const fields = keys.map((key, index) => {
    const name = JSON.stringify(key);
    const value = values[index];
    const isPrimitive = value === undefined || value.kind === 'primitive';
    return `${name}: ${isPrimitive ? `v[${name}]` : `${write(value, functions)}(v[${name}])`}`;
  });
  return `return {${fields.join(', ')}};`;
}

function arrayBody({ items }: ArrayShape, functions: string[]): string {
  // A slice is one copy of memory, and packed.
  if (items.kind === 'none' || items.kind === 'primitive') return 'return v.slice();';
  const copy = write(items, functions);
  return `const c = v.slice(); for (let i = 0; i < c.length; i++) c[i] = ${copy}(c[i]); return c;`;
}
