import { instanceNumber } from './instance.js';
import { kindOf } from './kind.js';
import { numberText, stringText } from './text.js';

/** What the option `identity` has told of a resource, for keys that mean the same in every process. */
export type Told =
  | { readonly type: 'text'; readonly text: string }
  /** There is no such option. */
  | { readonly type: 'nothing' }
  /** It is of one request, which no other process knows. */
  | { readonly type: 'request' }
  /** Several functions, or calls of one, handed it out, and do not tell the same. */
  | { readonly type: 'different' }
  | { readonly type: 'failed'; readonly why: string; readonly cause: unknown };

/** What is known of an object that a cached resource has handed out. */
export interface KnownResource {
  /** The name of the function, shown in messages. */
  readonly fn: string;
  /** Its text in keys of this process. */
  readonly text: string;
  readonly told: Told;
  /** Whether it has neither been let go, nor is about to be. */
  readonly isLive: () => boolean;
}

/**
 * Every object that a cached resource of this process has handed out: it is keyed by which resource it is, so that the
 * one that is built in its place has the same key.
 */
const known = new WeakMap<object, KnownResource>();
let contents = false;
let functions = 0;

/** A number for a function that hands out resources; it is never given again. */
export function nextResourceFunction(): number {
  functions += 1;
  return functions;
}

/** The text of a resource in keys of this process: its function, and the key of the call that it answers. */
export function textInProcess(fn: number, key: string): string {
  return `R${numberText(fn)}${stringText(key)}`;
}

/**
 * The text of a resource in keys of every process: whose it is, the name of its function, and what `identity` returned;
 * two sessions may have resources of one identity that show them different things (hazard 28).
 */
export function textEverywhere(name: string, identity: string, scope = ''): string {
  return `R${scope}${stringText(name)}${stringText(identity)}`;
}

/**
 * Remembers which resource an object is. One that is the answer of several functions or calls is none of them alone:
 * each may be answered by another object some day, which must not share its key. It is keyed by instance.
 */
export function rememberResource(object: object, fresh: KnownResource): void {
  const before = known.get(object);
  const isSame = before === undefined || before.text === fresh.text;
  known.set(object, isSame ? fresh : merged(object, before.told, fresh));
  contents ||= hasContents(object);
}

function merged(object: object, before: Told, fresh: KnownResource): KnownResource {
  return { ...fresh, text: `Ro${instanceNumber(object)};`, told: mergedTold(before, fresh.told) };
}

function mergedTold(one: Told, other: Told): Told {
  if (one.type === 'nothing') return other;
  if (other.type === 'nothing' || one.type === 'request') return one;
  const isSame = one.type === 'text' && other.type === 'text' && one.text === other.text;
  return isSame ? one : { type: 'different' };
}

/** Whether it would be keyed by its contents, if it were no resource. */
function hasContents(object: object): boolean {
  try {
    return typeof object !== 'function' && kindOf(object) !== undefined;
  } catch {
    // A proxy that refuses to be looked at: it has no key by its contents either.
    return false;
  }
}

/**
 * Whether any resource is a plain object, an array or another built-in whose contents would be its key. Until there is
 * one, those need not be looked up, which keeps keys of plain data fast.
 */
export function someHaveContents(): boolean {
  return contents;
}

/** Which resource an object is, when a cached resource has handed it out. */
export function knownResource(object: object): KnownResource | undefined {
  return known.get(object);
}

/** The edit by which a resource gets a key in every process. */
export function resourceCure({ fn }: KnownResource, told: 'nothing' | 'request' | 'different'): string {
  if (told === 'request') {
    return 'It is of one request, and the entry outlives that in a store: pass what it was made of, such as an id, in its place';
  }
  if (told === 'different') {
    return 'Several resources are this one object, and their `identity` differs: let them say the same, or but one of them';
  }
  return (
    `The entry outlives it in a store: give ${fn} the option \`identity\`, which says what it is in every process, such ` +
    "as { identity: (resource, ...args) => 'host/database' }"
  );
}
