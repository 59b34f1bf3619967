import { CacheData, CacheResource } from '@millpond/nest';
import { expect, test } from 'vitest';

/** Decorates as a compiler does, where the types would not let a wrong use through. */
function decorate(decorator: unknown, ...args: unknown[]): unknown {
  return typeof decorator === 'function' ? Reflect.apply(decorator, undefined, args) : undefined;
}

class Plain {
  static readonly kind = 'plain';
}

test.each([
  ['a static method', [Plain, 'make', { value: () => 1 }], 'Plain.make: @CacheData() cannot cache a static method'],
  ['a getter', [Plain.prototype, 'size', { get: () => 1 }], 'Plain.size: @CacheData() can only cache a method'],
  [
    'a generator',
    [Plain.prototype, 'pages', { value: async function* pages() {} }],
    'Plain.pages: @CacheData() cannot cache a generator',
  ],
  [
    'a decorator of the newer standard',
    [() => 1, { kind: 'method', name: 'find' }],
    'Set "experimentalDecorators": true',
  ],
  [
    'a method under a symbol that has no description',
    [Plain.prototype, Symbol('hidden'), { value: 3 }],
    'Plain.hidden: @CacheData() can only cache a method',
  ],
])('%s is refused where it is decorated', (_what, args, message) => {
  expect(() => decorate(CacheData(), ...args)).toThrow(message);
});

test('one method cannot be cached twice', () => {
  expect(() => {
    class Twice {
      @CacheData()
      @CacheResource()
      async both(): Promise<object> {
        return {};
      }
    }
    return Twice;
  }).toThrow('Twice.both: @CacheData() stands on a method that is cached already');
});
