import { unhashableArgument } from '../errors/index.js';
import { instanceNumber } from './instance.js';
import { primitiveText } from './text.js';
import type { Walk } from './walk.js';

/** What the text of `this` needs to know. */
export interface SelfOptions {
  readonly fn: string;
  readonly stored: boolean;
  /** Makes the walk that asks the object what it is; only needed when `stored`. */
  readonly walk: () => Walk;
}

/**
 * The text of `this` before the arguments: nothing for a plain call, a primitive by its value, an object by instance in
 * memory. Where keys outlive the process, an object must say by itself what it is.
 */
export function selfText(self: unknown, options: SelfOptions): string {
  if (self === undefined || self === globalThis) return '';
  const text = primitiveText(self);
  if (text !== undefined) return `@${text}`;
  if (typeof self === 'symbol') return `@${options.walk().textOf(self, 'this')}`;
  return options.stored ? `@${storedText(self as object, options)}` : `@o${instanceNumber(self as object)};`;
}

function storedText(self: object, options: SelfOptions): string {
  const text = options.walk().ownTextOf(self, 'this');
  if (text !== undefined) return text;
  throw unhashableArgument(
    options.fn,
    '`this`',
    'an object that the function can read, and its entries outlive it in a store',
    "Give the option `key`, or a hasher for its class, or the class a method [Symbol.for('millpond.key')](); a function " +
      'that does not mention `this`, or an arrow function, has no such need.',
  );
}
