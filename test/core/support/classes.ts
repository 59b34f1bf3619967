import { defineCodec, recordCodec, type Codec } from '@millpond/core';

/** A class whose content nobody can see from outside, and whose constructor is private. */
export class Money {
  readonly #cents: number;

  private constructor(cents: number) {
    this.#cents = cents;
  }

  static of(cents: number): Money {
    return new Money(cents);
  }

  get cents(): number {
    return this.#cents;
  }
}

/** Keeps Money as a number. */
export const money: Codec = defineCodec(Money, {
  name: 'money',
  encode: (value) => value.cents,
  decode: (cents) => Money.of(cents),
});

/** An entity as an ORM has them: its fields, with methods, and a constructor that must not run for a copy. */
export class User {
  name: string;
  joined = new Date(0);
  friends: User[] = [];
  balance: unknown = undefined;

  constructor(name: string) {
    if (typeof name !== 'string') throw new TypeError('a user without a name');
    this.name = name;
  }

  get greeting(): string {
    return `I am ${this.name}`;
  }

  rename(name: string): void {
    this.name = name;
  }
}

/** A subclass that has no codec of its own. */
export class Admin extends User {
  readonly rights = ['all'];
}

/** A collection with a field, which only its own codec can know of. */
export class Basket {
  readonly lines: Map<string, { readonly price: Money; readonly by: User }>;

  constructor(lines: Basket['lines']) {
    this.lines = lines;
  }
}

/** Keeps a Basket as its lines, in which there are instances with codecs of their own. */
export const basket: Codec = defineCodec(Basket, {
  name: 'basket',
  encode: ({ lines }) => ({ lines }),
  decode: ({ lines }) => new Basket(lines),
});

/** The codecs of all of them but Admin. */
export const codecs: readonly (Codec | readonly Codec[])[] = [money, recordCodec(User), basket];
