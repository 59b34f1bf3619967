import fc from 'fast-check';

/** What happens to stored text: characters changed, cut out, put in, repeated, swapped; the end or the begin lost. */
export function damaged(text: string): fc.Arbitrary<string> {
  const at = fc.nat(Math.max(0, text.length - 1));
  const character = fc.oneof(
    fc.constantFrom(
      '~',
      '#',
      '"',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '0',
      '1',
      '-',
      'R',
      'M',
      'p',
      '\\',
      '\ufffd',
      '\ud800',
    ),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  );
  const one = fc.oneof(
    fc.tuple(at, character).map(
      ([i, c]) =>
        (s: string) =>
          s.slice(0, i) + c + s.slice(i + 1),
    ),
    fc.tuple(at, fc.nat(15)).map(
      ([i, bit]) =>
        (s: string) =>
          flip(s, i, bit),
    ),
    fc.tuple(at, character).map(
      ([i, c]) =>
        (s: string) =>
          s.slice(0, i) + c + s.slice(i),
    ),
    fc.tuple(at, fc.integer({ min: 1, max: 20 })).map(
      ([i, n]) =>
        (s: string) =>
          s.slice(0, i) + s.slice(i + n),
    ),
    fc.tuple(at, fc.integer({ min: 1, max: 20 })).map(
      ([i, n]) =>
        (s: string) =>
          s.slice(0, i + n) + s.slice(i),
    ),
    fc.tuple(at, at).map(
      ([i, j]) =>
        (s: string) =>
          swap(s, Math.min(i, j), Math.max(i, j)),
    ),
    at.map((i) => (s: string) => s.slice(0, i)),
    at.map((i) => (s: string) => s.slice(i)),
  );
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((changes) => changes.reduce((s, change) => change(s), text));
}

/** How many damaged texts are made of one: to make the whole one takes longer than to damage and to read it. */
export const EACH = 20;

/** So many of them. */
export function several(one: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc.array(one, { minLength: EACH, maxLength: EACH });
}

function flip(text: string, index: number, bit: number): string {
  const unit = text.charCodeAt(index) ^ (1 << bit);
  return Number.isNaN(text.charCodeAt(index))
    ? text
    : text.slice(0, index) + String.fromCharCode(unit) + text.slice(index + 1);
}

function swap(text: string, i: number, j: number): string {
  if (i === j) return text;
  return text.slice(0, i) + text.charAt(j) + text.slice(i + 1, j) + text.charAt(i) + text.slice(j + 1);
}
