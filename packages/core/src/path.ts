/**
 * How a place inside a value is written in messages: as the JavaScript that reads it, such as `result.user.socket`,
 * `result[3].x`, `result["first name"]`, `result.get("k")`, `[...result][0]` or `encode(result.price)[0]`.
 */

/** One step into a value: a property key, a place in a Map or Set, or the data of an instance. */
export type Step = PropertyKey | MemberStep | EncodeStep;

/** A step into a Map or a Set: to the value of a primitive key, or to the member of an index. */
export interface MemberStep {
  readonly of: 'get' | 'keys' | 'values' | 'members';
  /** The primitive key (of `get`), or the index of the member. */
  readonly at: unknown;
}

/** A step into the data that a codec makes of an instance. */
export const ENCODE: EncodeStep = { of: 'encode' };

interface EncodeStep {
  readonly of: 'encode';
}

const INDEX = /^(?:0|[1-9]\d*)$/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The path of a property: `base.name`, `base["odd name"]`, `base[3]`, `base[Symbol(name)]`. */
export function propertyPath(base: string, key: PropertyKey): string {
  if (typeof key === 'symbol') return `${base}[${String(key)}]`;
  if (typeof key === 'number' || INDEX.test(key)) return `${base}[${key}]`;
  return IDENTIFIER.test(key) ? `${base}.${key}` : `${base}[${shortText(key)}]`;
}

/** The path of one step from `base`. */
export function stepPath(base: string, step: Step): string {
  if (typeof step !== 'object') return propertyPath(base, step);
  if (step.of === 'encode') return `encode(${base})`;
  if (step.of === 'get') return `${base}.get(${primitiveText(step.at)})`;
  return `[...${base}${step.of === 'members' ? '' : `.${step.of}()`}][${String(step.at)}]`;
}

/** The most steps that a path shows; of a longer one, the begin and the end. */
const SHOWN = 24;

/** The path of many steps from `base`; in the middle of a very long one is an ellipsis. */
export function pathOf(base: string, steps: readonly Step[]): string {
  if (steps.length <= SHOWN) return steps.reduce<string>(stepPath, base);
  const head = steps.slice(0, SHOWN / 2).reduce<string>(stepPath, base);
  return steps.slice(-SHOWN / 2).reduce<string>(stepPath, `${head}.…`);
}

function primitiveText(key: unknown): string {
  if (typeof key === 'string') return shortText(key);
  if (typeof key === 'bigint') return `${key}n`;
  return Object.is(key, -0) ? '-0' : String(key);
}

function shortText(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
