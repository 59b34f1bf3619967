import { isNative, sourceOf } from './source.js';
import { skipBrackets, Tokens } from './tokens.js';

/** One parameter as the source of a function has it. */
export interface Parameter {
  /** Undefined when it is taken apart: `{ id }`. */
  readonly name: string | undefined;
  readonly kind: 'plain' | 'default' | 'rest';
}

const stoodFor = new WeakMap<object, object>();

/**
 * Says that the parameters of a function are those of another, which it calls with all of its arguments. For adapters
 * that cache a method through a function of their own: the option `ignoreUnderscored` looks at the method then.
 */
export function standsFor(fn: (...args: never) => unknown, original: (...args: never) => unknown): void {
  stoodFor.set(fn, original);
}

/**
 * The parameters of a function, read from its source. Undefined when they cannot be seen for certain: when the function
 * is bound or built in, when its `length` tells that it stands for another, or when a default value holds what only a
 * whole parser can read.
 */
export function parametersOf(fn: object): readonly Parameter[] | undefined {
  const seen = stoodFor.get(fn) ?? fn;
  if (isNative(seen)) return undefined;
  const parameters = readHead(new Tokens(sourceOf(seen)));
  const { length } = parameters ?? [];
  const firstOptional = parameters?.findIndex(({ kind }) => kind !== 'plain') ?? -1;
  const counted = firstOptional === -1 ? length : firstOptional;
  return Object.getOwnPropertyDescriptor(seen, 'length')?.value === counted ? parameters : undefined;
}

/** The parameters of a function whose text begins here: an arrow function, a function, a method, a setter. */
function readHead(tokens: Tokens): readonly Parameter[] | undefined {
  let last: string | undefined;
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    if (token === '=>') return last === undefined ? undefined : [{ name: last, kind: 'plain' }];
    if (token === '(') return readList(tokens);
    // The name of a method may be computed.
    if (token === '[' && !skipBrackets(tokens)) return undefined;
    last = token;
  }
  return undefined;
}

/** A list of parameters, behind its opening parenthesis. */
function readList(tokens: Tokens): readonly Parameter[] | undefined {
  const parameters: Parameter[] = [];
  let token = tokens.next();
  while (token !== ')') {
    const read = readParameter(tokens, token);
    if (read === undefined) return undefined;
    parameters.push(read.parameter);
    token = read.end === ',' ? tokens.next() : read.end;
  }
  const body = tokens.next();
  return body === '=>' || body === '{' ? parameters : undefined;
}

interface Read {
  readonly parameter: Parameter;
  /** The comma or parenthesis behind it. */
  readonly end: ',' | ')';
}

function readParameter(tokens: Tokens, first: string | undefined): Read | undefined {
  const isRest = first === '...';
  const start = isRest ? tokens.next() : first;
  if (start === undefined) return undefined;
  const isTakenApart = start === '{' || start === '[';
  if (isTakenApart && !skipBrackets(tokens)) return undefined;
  const next = tokens.next();
  const end = next === '=' ? skipDefault(tokens) : next;
  if (end !== ',' && end !== ')') return undefined;
  const kind = isRest ? 'rest' : next === '=' ? 'default' : 'plain';
  return { parameter: { name: isTakenApart ? undefined : start, kind }, end };
}

/** Reads to the comma or parenthesis that ends a default value. */
function skipDefault(tokens: Tokens): string | undefined {
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    if (token === ',' || token === ')') return token;
    if ((token === '(' || token === '[' || token === '{') && !skipBrackets(tokens)) return undefined;
  }
  return undefined;
}
