import { decodeValue, encodeValue } from '../codec/index.js';
import { adopt, codecsOf, keep, type CodecList, type KeepOptions } from '../copy/index.js';
import { effectInItself, effectShared, effectUnknown, invalidOption } from '../errors/index.js';
import type { CacheEvents } from '../events.js';
import { isScopedBy, scopeOf, showKey } from '../key/index.js';
import type { Recorder } from '../run/inherited.js';
import { currentRecorder } from '../run/run-context.js';
import { checkOptions, isOneOf } from '../settings/index.js';
import { Script, type Act, type Acts, type Place } from './script.js';

/** Whose effects act. */
export interface Performed {
  readonly fn: string;
  readonly key: string | undefined;
}

/** What mends an argument that is none. */
const PASS_DATA =
  'It acts again with each hit, from what is kept: pass data, such as the texts and fields that the action needs. What is ' +
  "of the request (its response, its log), the action finds in its caller's async context.";

/** For whom an effect is. */
export interface EffectOptions {
  /**
   * The widest scope of the functions that may call it: `'session'` for what is done to one user, and must not be done
   * to whoever gets the same value, such as setting a cookie. Default `'global'`: any function.
   */
  readonly scope?: 'global' | 'session' | 'request' | undefined;
}

type Action = (...args: readonly unknown[]) => unknown;

/** The effects of one cache, by their names. */
export class Effects {
  readonly #actions = new Map<string, Action>();
  /** Those whose action is below on the stack. */
  readonly #acting = new Set<string>();
  readonly #events: CacheEvents;
  readonly #cache: string | undefined;
  readonly #codecs: ReturnType<typeof codecsOf>;

  constructor(events: CacheEvents, cache: string | undefined, codecs: CodecList) {
    this.#events = events;
    this.#cache = cache;
    this.#codecs = codecsOf([], codecs, 'createCache');
  }

  /** Makes an effect: see `Cache.effect`. */
  create(name: unknown, action: unknown, options: unknown = {}): Action {
    checkOptions<EffectOptions>(options, { scope: isOneOf('global', 'session', 'request') }, 'effect');
    if (typeof name !== 'string' || name === '')
      throw invalidOption('effect', 'name', name, 'a text that is not empty');
    if (this.#actions.has(name)) {
      throw invalidOption('effect', 'name', name, 'a name that no other effect of this cache has');
    }
    if (typeof action !== 'function') throw invalidOption('effect', 'action', action, 'a function');
    const act: Action = (...args) => this.#act(name, () => Reflect.apply(action, undefined, args));
    const { scope = 'global' } = options;
    this.#actions.set(name, act);
    return (...args) => {
      const run = currentRecorder();
      if (run === undefined) return this.#settle(name, act(...args), undefined);
      checkScope(name, scope, run);
      if (run.replays) (run.script ??= new Script()).add(this.#actOf(name, args), name);
      else this.#attempt({ name, args }, undefined);
    };
  }

  /** Makes one whose action never throws into who calls it, be it inside a cached function or not. */
  createQuiet(name: string, action: Action, options: EffectOptions = {}): Action {
    const effect = this.create(name, action, options);
    return (...args) => (currentRecorder() === undefined ? this.#attempt({ name, args }, undefined) : effect(...args));
  }

  /** What is recorded of a call; throws when its arguments are no data. */
  #actOf(name: string, args: readonly unknown[]): Act {
    return { owner: this, name, args: keep(args, this.#keepOptions(name)) };
  }

  #keepOptions(name: string): KeepOptions {
    return { fn: `effect ${name}`, root: 'args', mode: 'clone', codecs: this.#codecs, cure: PASS_DATA };
  }

  /** Acts what was recorded, in the async context of whoever is answered; or notes it in the script of the run that asks. */
  handOut(acts: Acts | undefined, place: Place | undefined, fn: string, key: string | undefined): void {
    if (place !== undefined) return place.fill(acts);
    for (const { owner, name, args } of acts?.list ?? []) {
      if (owner instanceof Effects) owner.#attempt({ name, args: argsOf(args.copy()) }, { fn, key });
    }
  }

  #act(name: string, run: () => unknown): unknown {
    const isInner = this.#acting.has(name);
    this.#acting.add(name);
    try {
      return run();
    } finally {
      if (!isInner) this.#acting.delete(name);
    }
  }

  /** What an action throws reaches nobody but the listeners of `effectFailed`: the answer is the same. */
  #attempt(
    { name, args }: { readonly name: string; readonly args: readonly unknown[] },
    performed: Performed | undefined,
  ): void {
    const action = this.#actions.get(name);
    try {
      if (action === undefined) throw effectUnknown(name);
      // Its action has called a cached function that brings it again, and would for ever.
      if (this.#acting.has(name)) throw effectInItself(name);
      this.#settle(name, action(...args), performed);
    } catch (error) {
      this.#tell(name, performed, error);
    }
  }

  /** An action may be asynchronous; nobody waits for it. */
  #settle(name: string, result: unknown, performed: Performed | undefined): void {
    // A query builder does nothing before it is awaited: it is a promise for its users, though of no such class.
    if (isThenable(result)) Promise.resolve(result).catch((error: unknown) => this.#tell(name, performed, error));
  }

  #tell(effect: string, performed: Performed | undefined, error: unknown): void {
    const { fn, key } = performed ?? { fn: undefined, key: undefined };
    const shown = key === undefined ? undefined : showKey(key);
    this.#events.emit({ type: 'effectFailed', cache: this.#cache, fn, key: shown, effect, error });
  }

  /** Whether all of them are of this cache: in a store they are found by their names. */
  owns(acts: Acts | undefined): boolean {
    return acts === undefined || acts.list.every(({ owner }) => owner === this);
  }

  /** The text of acts, for a store. */
  write({ list }: Acts): string {
    const named = list.map(({ name, args }) => [name, args.written()]);
    return encodeValue(named, 'effect', this.#codecs);
  }

  /** Reads them back; throws for what is none. */
  read(text: string): Acts {
    const stored = decodeValue(text, this.#codecs);
    if (!Array.isArray(stored)) throw new Error('its effects are no list');
    const script = new Script();
    for (const act of stored) {
      const [name, args]: readonly unknown[] = Array.isArray(act) ? act : [];
      if (typeof name !== 'string' || !Array.isArray(args))
        throw new Error('one of its effects has no name or arguments');
      script.add({ owner: this, name, args: adopt(args, this.#keepOptions(name)) }, name);
    }
    return script.recorded() ?? { list: [], bytes: 0 };
  }
}

function argsOf(copy: unknown): readonly unknown[] {
  return Array.isArray(copy) ? copy : [];
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && typeof Reflect.get(result, 'then') === 'function';
}

/** Whoever gets the result of a run gets its effects. A run that passes through keeps nothing for anybody. */
function checkScope(name: string, scope: 'global' | 'session' | 'request', run: Recorder): void {
  if (scope === 'global' || run.passesThrough) return;
  const prefix = scopeOf(run.key);
  if (prefix === undefined) throw effectShared(name, scope, run.fn, "scope 'global'");
  if (scope === 'request' && isScopedBy(prefix, 'session')) throw effectShared(name, scope, run.fn, "scope 'session'");
}
