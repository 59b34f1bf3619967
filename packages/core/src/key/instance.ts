let instances = 0;
const numbers = new WeakMap<object, number>();

/** An object as itself: a number that it has in this process only. */
export function instanceNumber(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) numbers.set(object, (number = ++instances));
  return number;
}
