const CLASSES = [Object, Array, Function, String, Number, Boolean, Map, Set, Date, RegExp, Error, Promise, Buffer, URL];

/** All that the prototypes of the language hold: equal before and after, if nothing has got into them. */
export function prototypes(): string {
  const held = CLASSES.map((Class) => {
    const prototype = Class.prototype as object;
    const properties = Object.getOwnPropertyDescriptors(prototype);
    const keys = Reflect.ownKeys(properties).map((key) => [String(key), typeof Reflect.get(properties, key)]);
    const above: unknown = Object.getPrototypeOf(prototype);
    return [Class.name, keys, above === null || above === Object.prototype];
  });
  return JSON.stringify(held);
}
