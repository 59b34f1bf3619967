/** Copies the fields of an object: `{ ...fields }`. */
export type Spread = (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/*
 * The same function many times, because V8 remembers for each place in the code which objects have come there: a place that
 * has seen those of many shapes copies several times slower.
 */
const SPREADS: readonly Spread[] = [
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
  (v) => ({ ...v }),
];

/** A place still copies fast when objects of up to four shapes come to it. */
const MOST = 4 * SPREADS.length;

/** Which one each list of keys has. */
const taken = new Map<string, Spread>();

/** One for objects of these keys, to which few others come; the one of all others, when there are no more such. */
export function spreadFor(keys: readonly string[]): Spread {
  const text = JSON.stringify(keys);
  const known = taken.get(text);
  if (known !== undefined) return known;
  const spread = SPREADS[taken.size % SPREADS.length];
  if (spread === undefined || taken.size === MOST) return rest;
  taken.set(text, spread);
  return spread;
}

function rest(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...fields };
}
