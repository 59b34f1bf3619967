import { spreadFor } from './spreads.js';
import type { ArrayShape, ObjectShape, Shape } from './shape.js';
import type { Copy, Tools } from './tools.js';

/*
 * Copiers that are put together from functions, for where code may not be made of text.
 */

/** Composes a copier of a shape. */
export function composed(shape: Shape, tools: Tools): Copy {
  switch (shape.kind) {
    case 'none':
    case 'primitive':
      return (value) => value;
    case 'any':
      return tools.any;
    case 'date':
      return shape.maybe ? maybe(tools.date) : tools.date;
    case 'array':
      break;
    case 'object':
      return shape.maybe ? maybe(objectCopy(shape, tools)) : objectCopy(shape, tools);
  }
  return shape.maybe ? maybe(arrayCopy(shape, tools)) : arrayCopy(shape, tools);
}

function maybe(copy: Copy): Copy {
  return (value) => (typeof value === 'object' && value !== null ? copy(value) : value);
}

function objectCopy({ keys, values }: ObjectShape, tools: Tools): Copy {
  const parts: { readonly key: string; readonly copy: Copy }[] = [];
  for (const [index, key] of keys.entries()) {
    const value = values[index];
    if (value !== undefined && value.kind !== 'primitive') parts.push({ key, copy: composed(value, tools) });
  }
  const spread = spreadFor(keys);
  if (parts.length === 0) return (value) => spread(value as Readonly<Record<string, unknown>>);
  return (value) => {
    const fields = spread(value as Readonly<Record<string, unknown>>);
    for (const { key, copy } of parts) fields[key] = copy(fields[key]);
    return fields;
  };
}

function arrayCopy({ items }: ArrayShape, tools: Tools): Copy {
  if (items.kind === 'none' || items.kind === 'primitive') return (value) => (value as readonly unknown[]).slice();
  const copyItem = composed(items, tools);
  return (value) => {
    const copy = (value as readonly unknown[]).slice();
    for (let index = 0; index < copy.length; index++) copy[index] = copyItem(copy[index]);
    return copy;
  };
}
