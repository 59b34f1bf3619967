import fc from 'fast-check';
import { anyText, leaves } from './arbitraries.js';

type Make = fc.Arbitrary<unknown>;

const primitives: Make = fc.oneof(anyText, fc.double(), fc.boolean(), fc.constantFrom(undefined, null, -0, 7n));
const dates: Make = fc.date({ noInvalidDate: false });
const names = fc.oneof(
  anyText,
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'length',
    '0',
    '10',
    '-1',
    'a"b',
    "a'b",
    '`${1}`',
    '*/',
    '\\',
  ),
);

/** Arbitraries of values that look alike, as the rows of a table do; some of them in one field, and some in none. */
export const alike: fc.Arbitrary<Make> = fc.letrec<{ make: Make }>((tie) => ({
  make: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constant(primitives),
    fc.constant(dates),
    fc.constant(fc.option(dates)),
    // Arrays with names are for those who look at every object.
    fc.constant(leaves.filter((value) => !Array.isArray(value))),
    fc.array(fc.tuple(names, tie('make')), { maxLength: 6 }).map(record),
    tie('make').map((make) => fc.array(make, { maxLength: 6 })),
    tie('make').map((make) => fc.option(make)),
    fc.tuple(tie('make'), tie('make')).map(([one, other]) => fc.oneof(one, other)),
  ),
})).make;

/** An object with these fields, each an own property, whatever its name. */
function record(fields: readonly [string, Make][]): Make {
  const distinct = [...new Map(fields)];
  return fc.tuple(...distinct.map(([, make]) => make)).map((values) => {
    const made = {};
    for (const [index, [key]] of distinct.entries()) {
      Object.defineProperty(made, key, { value: values[index], writable: true, enumerable: true, configurable: true });
    }
    return made;
  });
}

/** Arrays of such values. */
export const tables: fc.Arbitrary<readonly unknown[]> = alike.chain((make) => fc.array(make, { maxLength: 8 }));
