import { types } from 'node:util';

/** Every object that can be reached from a value, the memory below views included. */
export function reach(value: unknown): Set<object> {
  const found = new Set<object>();
  const add = (part: unknown): void => {
    if (typeof part === 'object' && part !== null) found.add(part);
  };
  add(value);
  for (const object of found) {
    if (ArrayBuffer.isView(object)) add(object.buffer);
    else for (const key of Reflect.ownKeys(object)) add(Object.getOwnPropertyDescriptor(object, key)?.value);
    if (types.isMap(object)) for (const [key, member] of object) [key, member].forEach(add);
    if (types.isSet(object)) for (const member of object) add(member);
  }
  return found;
}

/** Changes everything that can be changed in a value, as the worst caller would. */
export function wreck(value: unknown): void {
  for (const object of reach(value)) {
    wreckContent(object);
    if (ArrayBuffer.isView(object) || types.isArrayBuffer(object)) continue;
    for (const key of Reflect.ownKeys(object)) Reflect.deleteProperty(object, key);
    Reflect.set(object, 'wrecked', true);
  }
}

function wreckContent(object: object): void {
  if (types.isMap(object)) object.clear();
  if (types.isSet(object)) object.clear();
  if (types.isDate(object)) object.setTime(1);
  if (types.isArrayBuffer(object)) new Uint8Array(object).fill(238);
  if (Array.isArray(object)) object.length = 0;
  if (object instanceof URL) object.href = 'https://wrecked.example/';
  if (object instanceof URLSearchParams) object.append('wrecked', '1');
  if (object instanceof Headers) object.set('wrecked', '1');
}
