import { codeMaker } from '../../made-code.js';
import type { Step } from '../../path.js';
import { isDate } from '../leaf.js';
import { isArray, isRecord, readArray } from '../read.js';
import type { Walk } from '../walk.js';
import { arrayBytes, objectBytes } from '../weigh.js';
import { ANY, type ArrayShape, type ObjectShape, type Shape } from './shape.js';

/*
 * Code that builds the masters of values of one shape. It asks of each object whether it looks like those of the shape,
 * before it reads any of its properties: what does not is read by the walk itself. So what comes out is right for every
 * value, and fast for those that look like the earlier ones.
 */

/** Builds the master of an object, within a walk. */
export type Read = (source: object, walk: Walk) => object;

/** Tells whether an object is a plain one, with exactly these properties in this order. */
function looksLike(source: object, keys: readonly string[]): boolean {
  let count = 0;
  for (const key in source) {
    if (key !== keys[count]) return false;
    count += 1;
  }
  return count === keys.length && isRecord(source);
}

/** The master of what is one step below the object at hand, and is not what the shape has there. */
function misfit(walk: Walk, value: unknown, step: Step): unknown {
  walk.fits = false;
  return walk.child(value, step);
}

/** The master of the object at hand, which does not look like those of the shape. */
function other(walk: Walk, source: object): object {
  walk.fits = false;
  return walk.object(source);
}

/** The master of what is one step below the object at hand, and a Date in the shape. */
function date(walk: Walk, value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null || !isDate(value)) return misfit(walk, value, step);
  walk.trail.enter(step);
  const master = walk.met(value) ?? walk.date(value);
  walk.trail.leave();
  return master;
}

/** What that code is given. */
export const readerTools: Readonly<Record<string, unknown>> = {
  looksLike,
  isArray,
  readArray,
  arrayBytes,
  misfit,
  other,
  date,
};

const makeCode = codeMaker(1024);

/** Compiles what builds the masters of a shape; undefined when no code may be made, or enough was. */
export function reader(shape: ObjectShape | ArrayShape): Read | undefined {
  return makeCode(readerSource(shape), readerTools) as Read | undefined;
}

/** Its source: the body of a function of these tools that returns it. */
export function readerSource(shape: ObjectShape | ArrayShape): string {
  const functions: string[] = [];
  const root = write(shape, functions);
  return `${functions.join('\n')}\nreturn ${root};`;
}

function write(shape: ObjectShape | ArrayShape, functions: string[]): string {
  return shape.kind === 'object' ? writeObject(shape, functions) : writeArray(shape, functions);
}

function writeObject({ keys, values }: ObjectShape, functions: string[]): string {
  const names = keys.map((key) => JSON.stringify(key));
  const fields = names.map((key, index) => place(values[index] ?? ANY, `c[${key}]`, key, functions));
  const name = `f${functions.length}`;
  functions.push(
    `const ${name}_keys = [${names.join(', ')}];
function ${name}(v, w) {
  const m = w.met(v);
  if (m !== undefined) return m;
  if (!looksLike(v, ${name}_keys)) return other(w, v);
  w.reading = v;
  const c = {${names.map((key) => `${key}: v[${key}]`).join(', ')}};
  w.meet(v, c);
  w.bytes += ${objectBytes(keys.length)};
  ${fields.join('\n  ')}
  return c;
}`,
  );
  return name;
}

function writeArray({ items }: ArrayShape, functions: string[]): string {
  const item = place(items, 'c[i]', 'i', functions);
  const name = `f${functions.length}`;
  functions.push(
    `function ${name}(v, w) {
  const m = w.met(v);
  if (m !== undefined) return m;
  if (!isArray(v)) return other(w, v);
  w.reading = v;
  const read = readArray(v), c = read.items;
  if (read.odd) { w.fits = false; return w.array(v, read); }
  w.meet(v, c);
  w.bytes += arrayBytes(c.length);
  for (let i = 0; i < c.length; i++) ${item}
  return c;
}`,
  );
  return name;
}

/** What replaces the value of one place by its master. */
function place(shape: Shape, at: string, step: string, functions: string[]): string {
  const otherwise = `${at} = misfit(w, ${at}, ${step});`;
  switch (shape.kind) {
    case 'none':
      return otherwise;
    case 'primitive':
      return `if (!w.weighs(${at})) ${otherwise}`;
    case 'any':
      return `${at} = w.child(${at}, ${step});`;
    case 'date':
      return shape.maybe
        ? `if (!w.weighs(${at})) ${at} = date(w, ${at}, ${step});`
        : `${at} = date(w, ${at}, ${step});`;
    case 'object':
    case 'array':
      break;
  }
  const within = `{ w.trail.enter(${step}); ${at} = ${write(shape, functions)}(${at}, w); w.trail.leave(); }`;
  const isObject = `typeof ${at} === 'object' && ${at} !== null`;
  return shape.maybe
    ? `if (${isObject}) ${within} else if (!w.weighs(${at})) ${otherwise}`
    : `if (${isObject}) ${within} else ${otherwise}`;
}
