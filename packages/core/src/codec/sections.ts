/** Why the sections of a frame cannot be read, of the faults that a frame may have. */
type SectionsFault = 'version' | 'malformed';

/** What is in the sections of a frame, by their letters. Of those with numbers: where they begin and end. */
export class Sections {
  i: string | undefined = undefined;
  f: string | undefined = undefined;
  t: string | undefined = undefined;
  e: string | undefined = undefined;
  p: string | undefined = undefined;
  N: string | undefined = undefined;
  cFrom = -1;
  cTo = -1;
  wFrom = -1;
  wTo = -1;

  /** Takes in a section; false when there has been one of its letter. */
  take(letter: string, text: string, from: number, to: number): boolean {
    switch (letter) {
      case 'c':
        if (this.cFrom >= 0) return false;
        this.cFrom = from;
        this.cTo = to;
        return true;
      case 'w':
        if (this.wFrom >= 0) return false;
        this.wFrom = from;
        this.wTo = to;
        return true;
      case 'i':
      case 'f':
      case 't':
      case 'e':
      case 'p':
      case 'N':
        if (this[letter] !== undefined) return false;
        this[letter] = text.slice(from, to);
        return true;
      default:
        return true;
    }
  }
}

const KNOWN = 'icwftepN';
/** More digits than any length has, and no more than a number is exact with. */
const LONGEST_LENGTH = 15;

/** The sections of a frame, which begin at `start`; a fault when they are not what the format says. */
export function split(text: string, start: number): Sections | SectionsFault {
  const sections = new Sections();
  let at = start;
  while (at < text.length) {
    if (sections.p !== undefined) return 'malformed';
    const letter = text.charAt(at);
    const colon = text.indexOf(':', at);
    const length = lengthIn(text, at + 1, colon);
    if (length === undefined || !isLetter(letter)) return 'malformed';
    at = colon + 1 + length;
    if (letter < 'a' && !KNOWN.includes(letter)) return 'version';
    if (at > text.length || !sections.take(letter, text, colon + 1, at)) return 'malformed';
  }
  return sections;
}

/** The number in a text from one index to another; undefined when there is something else than digits. */
function lengthIn(text: string, from: number, to: number): number | undefined {
  if (to <= from || to - from > LONGEST_LENGTH) return undefined;
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

function isLetter(letter: string): boolean {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

const COMMA = 44;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]\d+)?$/;

/** Where a number ends that begins at `from`: at the next comma, or with its section, as in one that is not there. */
export function numberEnd(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) !== COMMA) at += 1;
  return at;
}

/** A number; undefined when there is nothing; `NaN` when it is none. */
export function numberIn(text: string, from: number, to: number): number | undefined {
  if (from === to) return undefined;
  const whole = lengthIn(text, from, to);
  if (whole !== undefined) return whole;
  const shown = text.slice(from, to);
  return NUMBER.test(shown) ? Number(shown) : NaN;
}
