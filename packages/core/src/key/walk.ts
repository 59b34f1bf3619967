import { CacheError, describe, hasherFailed, identityFailed, unhashableArgument } from '../errors/index.js';
import { isUnwantedPromise } from '../unwanted-promise.js';
import { atomText, isAtomKind, sizeOfAtom, type AtomKind } from './atom.js';
import {
  childOf,
  finish,
  headOf,
  openAnswer,
  openArray,
  openMap,
  openPlain,
  openSet,
  take,
  type Frame,
} from './frame.js';
import { KEY_METHOD, ownClassName, type HasherLookup } from './hasher.js';
import { kindOf, type Kind } from './kind.js';
import { pathOf, type Root } from './path.js';
import { refusalOf } from './refusal.js';
import { knownResource, resourceCure, someHaveContents } from './known-resource.js';
import { LONG, primitiveText, shorten, stringText } from './text.js';
import { Trail } from './trail.js';

/** Deeper than any data; what goes on for ever (a hasher or a getter that makes new objects) ends here. */
const DEEPEST = 200_000;

/** The most characters and bytes that are read for one key; it takes a second or two to get there. */
const MOST = 64 * 1024 * 1024;

/** What it costs to look into an object, in characters. */
const VISIT = 16;

/** Own properties that instances have by nature; Dates have one under the fake timers of test runners. */
const NATURE: Readonly<Partial<Record<Kind, string>>> = { regexp: 'lastIndex', date: 'constructor' };

const RENAME = 'Name the property by a string or by Symbol.for(...), or leave it out by the option `key`.';
const INSTEAD = 'Pass what identifies it instead, such as its id and version, or return that from the option `key`.';

const openers: { readonly [K in Exclude<Kind, AtomKind>]: (object: never) => Frame } = {
  plain: openPlain,
  array: openArray,
  map: openMap,
  set: openSet,
};

/** Makes the error for a value that has no key; its place is a path such as `args[0].user.socket`. */
export type Refuse = (fn: string, path: string, type: string, cure: string, cause?: unknown) => CacheError;

/** What a walk knows of the function whose call it makes the key of. */
export interface WalkOptions {
  /** Shown in messages. */
  readonly fn: string;
  readonly hasherFor: HasherLookup | undefined;
  /** Whether the key must mean the same in another process. */
  readonly stored: boolean;
  /** Gets the resources that the key holds, if anybody asks. */
  readonly met?: object[] | undefined;
  /** Default: the error for an argument. */
  readonly refuse?: Refuse | undefined;
}

/**
 * The walk through the arguments of one call. It has a stack of its own instead of the call stack, so that no depth of
 * data can overflow it, and so that the path of a refused value is at hand when it is needed, and costs nothing before.
 */
export class Walk {
  readonly #options: WalkOptions;
  #trail = new Trail();
  #root: Root = 0;
  #left = MOST;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** The canonical text of a value. `root` is where it comes from. */
  textOf(value: unknown, root: Root): string {
    return this.#from(root, () => primitiveText(value) ?? this.#enter(value) ?? this.#run());
  }

  /**
   * The canonical text of what a hasher or its key method says of an object, or of which resource it is; undefined if
   * it is none and has neither.
   */
  ownTextOf(object: object, root: Root): string | undefined {
    return this.#from(root, () => {
      const frame = this.#answerOf(object);
      if (frame === undefined) return this.#resourceText(object);
      this.#trail.push(frame);
      return this.#run();
    });
  }

  #from<R>(root: Root, run: () => R): R {
    this.#root = root;
    this.#trail = new Trail();
    try {
      return run();
    } catch (error) {
      if (error instanceof CacheError) throw error;
      // A getter or a proxy of the user's: the only foreign code that runs here without a name of its own.
      throw this.#refusal(`unreadable (${whatFailed(error)})`, 'Mend the getter or proxy that throws.', error);
    }
  }

  #run(): string {
    let text = '';
    for (let frame = this.#trail.top; frame !== undefined; frame = this.#trail.top) {
      this.#fill(frame);
      if (frame !== this.#trail.top) continue;
      text = shorten(finish(frame));
      const parent = this.#trail.pop(text);
      if (parent !== undefined) take(parent, text);
    }
    return text;
  }

  /** Takes the children of a frame up to the first that has children itself. */
  #fill(frame: Frame): void {
    while (frame.at < frame.count) {
      const head = headOf(frame);
      if (head === undefined) throw this.#refusal('a property whose name is a symbol of this process only', RENAME);
      const child = childOf(frame);
      const text = primitiveText(child) ?? this.#enter(child);
      this.#spend(head.length + (typeof child === 'string' ? child.length : (text?.length ?? 0)));
      if (text === undefined) {
        frame.text += head;
        return;
      }
      take(frame, head === '' ? text : head + text);
    }
  }

  /** The text of an object (or function, or symbol), or undefined when its children come first. */
  #enter(value: unknown): string | undefined {
    if (typeof value === 'symbol') throw this.#refused(value);
    this.#spend(VISIT);
    const object = value as object;
    const known = this.#trail.backReference(object) ?? this.#trail.textOf(object);
    if (known !== undefined) return known;
    const answer = this.#answerOf(object);
    if (answer !== undefined) return this.#descend(answer);
    const kind = typeof value === 'function' ? undefined : kindOf(object);
    const resource = kind === undefined || someHaveContents() ? this.#resourceText(object) : undefined;
    if (resource !== undefined) return resource;
    if (kind === undefined) throw this.#refused(object);
    this.#checkProperties(object, kind);
    return isAtomKind(kind) ? this.#atom(object, kind) : this.#descend(openers[kind](object as never));
  }

  /** The text of what a cached resource handed out: which one it is, whatever it holds. */
  #resourceText(object: object): string | undefined {
    const known = knownResource(object);
    if (known === undefined) return undefined;
    const { fn, stored, met } = this.#options;
    met?.push(object);
    if (!stored) return known.text;
    const { told } = known;
    if (told.type === 'text') return told.text;
    if (told.type === 'failed') throw identityFailed(fn, this.#path(), known.fn, told.why, told.cause);
    const type = `a resource of ${known.fn}, known in this process only`;
    throw this.#refusal(type, `${resourceCure(known, told.type)}; or ${this.#leaveOut()}.`);
  }

  #descend(frame: Frame): undefined {
    if (this.#trail.stack.length >= DEEPEST) throw this.#refusal(`nested deeper than ${DEEPEST} levels`, INSTEAD);
    this.#trail.push(frame);
  }

  #atom(object: object, kind: AtomKind): string {
    const text = atomText(object, kind);
    const size = sizeOfAtom(object, kind);
    this.#spend(size);
    if (size > LONG) this.#trail.remember(object, text);
    return text;
  }

  /** What a built-in object holds besides its contents would be lost. (Bytes are not asked: it takes too long.) */
  #checkProperties(object: object, kind: Kind): void {
    if (kind === 'plain' || kind === 'array' || kind === 'bytes') return;
    if (Reflect.ownKeys(object).every((key) => key === NATURE[kind])) return;
    throw this.#refusal(`${describe(object)} with properties of its own`, 'Pass those as arguments of their own.');
  }

  #answerOf(object: object): Frame | undefined {
    const hasher = this.#options.hasherFor?.(object);
    if (hasher !== undefined) {
      const start = `H${stringText(hasher.label)}${stringText(ownClassName(object))}`;
      return openAnswer(
        object,
        'hashed',
        start,
        this.#ask(object, () => hasher.hash(object as never)),
      );
    }
    const method = keyMethodOf(object);
    if (method === undefined) return undefined;
    const start = `K${stringText(ownClassName(object))}`;
    return openAnswer(
      object,
      'method',
      start,
      this.#ask(object, () => Reflect.apply(method, object, [])),
    );
  }

  /** Runs the user's hasher or key method for an object. */
  #ask(object: object, run: () => unknown): unknown {
    let answer: unknown;
    try {
      answer = run();
    } catch (error) {
      throw this.#failure(object, `it threw ${whatFailed(error)}`, error);
    }
    if (answer === object) throw this.#failure(object, 'the hasher returned the value itself');
    if (isUnwantedPromise(answer))
      throw this.#failure(object, 'the hasher returned a promise, but a key is made at once');
    return answer;
  }

  #spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) {
      this.#trail = new Trail();
      throw this.#refusal(`more than ${MOST} characters or bytes to read`, INSTEAD);
    }
  }

  #path(): string {
    return pathOf(this.#root, this.#trail.stack);
  }

  #failure(object: object, why: string, cause?: unknown): CacheError {
    return hasherFailed(this.#options.fn, this.#path(), describe(object), why, cause);
  }

  #refused(value: object | symbol): CacheError {
    const { type, cure } = refusalOf(value, this.#leaveOut());
    return this.#refusal(type, cure);
  }

  #leaveOut(): string {
    if (this.#root === 'this') return 'leave it out of the key, with the option `key`';
    return typeof this.#root === 'number'
      ? `leave it out of the key, with ignoreArgs: [${this.#root}] or the option \`key\``
      : 'leave it out of what is returned';
  }

  #refusal(type: string, cure: string, cause?: unknown): CacheError {
    const { fn, refuse = unhashableArgument } = this.#options;
    return refuse(fn, this.#path(), type, cure, cause);
  }
}

/** The method by which an object says its own key, own or inherited. */
function keyMethodOf(object: object): ((this: object) => unknown) | undefined {
  const method = (object as { readonly [KEY_METHOD]?: unknown })[KEY_METHOD];
  // Clients that are proxies answer with a function to any name; asked whether they have it, they tell the truth.
  return typeof method === 'function' && KEY_METHOD in object ? (method as (this: object) => unknown) : undefined;
}

/** An error of the user's, as it is shown in a message. */
export function whatFailed(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
}
