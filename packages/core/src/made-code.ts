/** Makes a value by code: a function body of these parameters, called with these arguments. Undefined when it may not. */
export type MakeCode = (source: string, given: Readonly<Record<string, unknown>>) => unknown;

/** Whether this process forbids it (`--disallow-code-generation-from-strings`), as was found out by trying. */
let isForbidden = false;

/**
 * The one place where code is made of text. Who writes the text lets nothing into it but JSON, which is JavaScript too
 * (ECMA-262, "JSON superset"), and never the name `__proto__`, which means something else in a literal. Bounded by `most`
 * pieces: code is never given back as surely as data (hazard 52).
 */
export function codeMaker(most: number): MakeCode {
  let left = most;
  return (source, given) => {
    if (left === 0 || isForbidden) return undefined;
    left -= 1;
    try {
      // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- see above
      const make: unknown = new Function(...Object.keys(given), `'use strict';\n${source}`);
      return typeof make === 'function' ? Reflect.apply(make, undefined, Object.values(given)) : undefined;
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      isForbidden = true;
      return undefined;
    }
  };
}
