/** Numbers that look random and are the same for one seed: what a battery of a million has found can be found again. */
export interface Random {
  /** A whole number from 0, below this one. */
  below(end: number): number;
  /** One of a list that is not empty. */
  one<T>(list: readonly [T, ...T[]]): T;
}

/** A generator of 32 bits, by a multiply and shifts ("mulberry32", T. Ettinger, public domain). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * end) / 2 ** 32) >>> 0;
  };
  return { below, one: (list) => list[below(list.length)] ?? list[0] };
}
