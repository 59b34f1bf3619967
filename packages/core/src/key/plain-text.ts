import { areKeyedByContents } from './leaf.js';
import { LONG, primitiveText, shorten, stringText } from './text.js';

/** Deeper or larger data is for a walk, which has no limits, and sees what is met twice. */
const MOST_LEVELS = 12;
const MOST_VALUES = 256;

/** Beyond these, sorting by hand takes longer. */
const SORTED_BY_HAND = 12;

/** So many names of properties have their text at hand; those of ordinary programs are fewer. */
const MOST_NAMES = 1024;
const LONGEST_NAME = 64;

const nameTexts = new Map<string, string>();

let left = 0;

/**
 * The canonical text of plain objects and arrays of primitives and of such, as a walk makes it; undefined where only a
 * walk can tell: for anything else, for what is refused, and for a getter that throws.
 */
export function plainText(value: object): string | undefined {
  if (!areKeyedByContents()) return undefined;
  left = MOST_VALUES;
  try {
    return textOf(value, MOST_LEVELS);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown, levels: number): string | undefined {
  left -= 1;
  if (left < 0) return undefined;
  if (typeof value === 'string') return value.length > LONG ? undefined : stringText(value);
  return typeof value === 'object' && value !== null ? objectText(value, levels) : primitiveText(value);
}

function objectText(value: object, levels: number): string | undefined {
  const isList = Array.isArray(value);
  // Asked before its names are made: bytes have one for each.
  if (Object.getPrototypeOf(value) !== (isList ? Array.prototype : Object.prototype)) return undefined;
  if (levels === 0 || (isList && value.length > left) || Object.getOwnPropertySymbols(value).length > 0)
    return undefined;
  const names = Object.getOwnPropertyNames(value);
  const text = isList ? itemsText(value, names, levels - 1) : fieldsText(value, names, levels - 1);
  return text === undefined ? undefined : shorten(text);
}

/** The engine lists the indexes of an array first, then 'length': so there are no holes, and nothing beside the items. */
function itemsText(array: readonly unknown[], names: readonly string[], levels: number): string | undefined {
  const { length } = array;
  if (names.length !== length + 1 || names[length] !== 'length') return undefined;
  let text = '[';
  for (let index = 0; index < length; index += 1) {
    const item = textOf(array[index], levels);
    if (item === undefined) return undefined;
    text += item;
  }
  return `${text}]`;
}

function fieldsText(object: object, names: string[], levels: number): string | undefined {
  sort(names);
  const fields = object as Readonly<Record<string, unknown>>;
  let text = '{';
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    const field = textOf(fields[name], levels);
    if (field === undefined) return undefined;
    text += nameText(name) + field;
  }
  return `${text}}`;
}

/** Names of one program come again and again. */
function nameText(name: string): string {
  const known = nameTexts.get(name);
  if (known !== undefined) return known;
  const text = stringText(name);
  if (nameTexts.size < MOST_NAMES && name.length <= LONGEST_NAME) nameTexts.set(name, text);
  return text;
}

function sort(names: string[]): void {
  if (names.length > SORTED_BY_HAND) {
    if (!isSorted(names)) names.sort();
    return;
  }
  for (let at = 1; at < names.length; at += 1) {
    const name = names[at] ?? '';
    let place = at;
    for (; place > 0 && (names[place - 1] ?? '') > name; place -= 1) names[place] = names[place - 1] ?? '';
    names[place] = name;
  }
}

function isSorted(names: readonly string[]): boolean {
  for (let at = 1; at < names.length; at += 1) if ((names[at - 1] ?? '') > (names[at] ?? '')) return false;
  return true;
}
