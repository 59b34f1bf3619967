import { types } from 'node:util';
import { sourceOf } from './source.js';

/** The built-in kinds of objects whose contents are their key. */
export type Kind =
  'array' | 'plain' | 'map' | 'set' | 'date' | 'regexp' | 'url' | 'searchParams' | 'bytes' | 'buffer' | 'view';

/** The kind of a built-in class, and the test that an object is one of it, whatever its prototype says. */
interface Rule {
  readonly kind: Kind;
  readonly holds: (value: object) => boolean;
}

const byClass: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Object', { kind: 'plain', holds: () => true }],
  ['Array', { kind: 'array', holds: (value) => Array.isArray(value) }],
  ['Map', { kind: 'map', holds: (value) => types.isMap(value) }],
  ['Set', { kind: 'set', holds: (value) => types.isSet(value) }],
  ['Date', { kind: 'date', holds: (value) => types.isDate(value) }],
  ['RegExp', { kind: 'regexp', holds: (value) => types.isRegExp(value) }],
  ['ArrayBuffer', { kind: 'buffer', holds: (value) => types.isArrayBuffer(value) }],
  ['DataView', { kind: 'view', holds: (value) => types.isDataView(value) }],
]);

const typedArray: Rule = { kind: 'bytes', holds: (value) => types.isTypedArray(value) };

const byPrototype = new WeakMap<object, Rule | 'none'>([
  [Object.prototype, ruleOf('Object')],
  [Array.prototype, ruleOf('Array')],
  [Buffer.prototype, typedArray],
  [URL.prototype, { kind: 'url', holds: () => true }],
  [URLSearchParams.prototype, { kind: 'searchParams', holds: () => true }],
]);

function ruleOf(name: string): Rule | 'none' {
  return byClass.get(name) ?? (/^(?:Big)?(?:Int|Uint|Float)\d+(?:Clamped)?Array$/.test(name) ? typedArray : 'none');
}

/**
 * The kind of an object, or undefined when its class is none of the built-in ones. Subclasses have none: their
 * contents do not tell what they are. Built-in classes of another realm (a `vm` context) count as this one's.
 */
export function kindOf(value: object): Kind | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return 'plain';
  const rule = ruleFor(prototype as object);
  if (rule !== 'none' && rule.holds(value)) return rule.kind;
  return isReplacedDate(value, prototype) ? 'date' : undefined;
}

/** Test runners with fake timers put a class of their own in the place of Date; its instances are Dates to all. */
function isReplacedDate(value: object, prototype: unknown): boolean {
  return types.isDate(value) && prototype === Date.prototype;
}

function ruleFor(prototype: object): Rule | 'none' {
  let rule = byPrototype.get(prototype);
  if (rule === undefined) {
    rule = isBare(prototype) ? ruleOf('Object') : ruleOf(builtInName(prototype));
    byPrototype.set(prototype, rule);
  }
  return rule;
}

/** Routers and query parsers make objects without a prototype by a class whose prototype is empty. */
function isBare(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Reflect.ownKeys(prototype).length === 0;
}

/** The name of the class whose prototype this is, when the engine made it; else ''. */
function builtInName(prototype: object): string {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function' || constructor.prototype !== prototype) return '';
  return /^function (\w+)\(\) \{ \[native code\] \}$/.exec(sourceOf(constructor))?.[1] ?? '';
}
