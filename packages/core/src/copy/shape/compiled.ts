import type { ArrayShape, ObjectShape, Shape } from './shape.js';
import type { Copy, Tools } from './tools.js';

/*
 * Copiers as code that was written for one shape. Names come into it as JSON alone, which is also JavaScript (ECMA-262,
 * "JSON superset"), and never `__proto__`, of which a shape has none.
 */

/** The source of a copier: a function of `date` and `any` that returns it. */
export function sourceOf(shape: Shape): string {
  const functions: string[] = [];
  const root = write(shape, functions);
  return `'use strict';\n${functions.join('\n')}\nreturn ${root};`;
}

/** Compiles a copier. Throws an EvalError where code may not be made of text. */
export function compiled(shape: Shape, { date, any }: Tools): Copy {
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- this is the one place where code is made
  const make = new Function('date', 'any', sourceOf(shape)) as (date: Tools['date'], any: Tools['any']) => Copy;
  return make(date, any);
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
