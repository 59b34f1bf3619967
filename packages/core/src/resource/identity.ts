import { describe, messageOf } from '../errors/index.js';
import {
  isOfThisProcess,
  nextResourceFunction,
  rememberResource,
  scopeOf,
  textEverywhere,
  textInProcess,
  type Told,
} from '../key/index.js';
import type { KeyedCall } from '../run/late-arguments.js';
import { isUnwantedPromise } from '../unwanted-promise.js';
import type { Holding } from './holding.js';

/** What tells the resources of one function apart from all others. */
export interface ResourceIdentityOptions {
  /** The name of the function, shown in messages. */
  readonly fn: string;
  /** The name that it has in every process; only asked when there is an `identity`. */
  readonly name: () => string;
  readonly identity: ((...args: never) => unknown) | undefined;
}

/** Makes what a resource that was built is known by, when it serves as an argument; before anybody gets it. */
export type Introduce = (holding: Holding, call: KeyedCall) => void;

/** Makes the {@link Introduce} of one function. */
export function introducer({ fn, name, identity }: ResourceIdentityOptions): Introduce {
  const number = nextResourceFunction();
  const nameEverywhere = identity === undefined ? '' : name();

  /** Asked once, when it is built: later its arguments may have changed, or would be kept for this alone. */
  function tell(resource: unknown, { key, self, args }: KeyedCall): Told {
    if (isOfThisProcess(key)) return { type: 'request' };
    if (identity === undefined) return { type: 'nothing' };
    let text: unknown;
    try {
      text = Reflect.apply(identity, self, [resource, ...args]);
    } catch (cause) {
      return { type: 'failed', why: `threw ${messageOf(cause)}`, cause };
    }
    if (typeof text === 'string' && text !== '') {
      return { type: 'text', text: textEverywhere(nameEverywhere, text, scopeOf(key)) };
    }
    isUnwantedPromise(text);
    const why = `returned ${describe(text)}, but it must return a text that is not empty, at once`;
    return { type: 'failed', why, cause: undefined };
  }

  return (holding, call) => {
    const { resource } = holding;
    if (!isObject(resource)) return;
    rememberResource(resource, {
      fn,
      text: textInProcess(number, call.key),
      told: tell(resource, call),
      isLive: () => holding.leaving === undefined && !holding.released,
    });
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
