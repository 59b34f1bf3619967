import { crc32 } from 'node:zlib';
import { isWellFormed } from '../key/digest.js';

/*
 * The frame: what a store keeps for one entry, as one text. Positions and lengths count UTF-16 units.
 *
 *   mpnd          magic: 4 characters
 *   03            version of the format: 2 hexadecimal digits. 01 and 02 are read too: of them, other payloads (see tags.ts)
 *   000000d4      length of the whole frame: 8 hexadecimal digits
 *   1c291ca3      CRC-32 of the UTF-8 of everything else, what stands before it included: 8 hexadecimal digits
 *   i18:"getUser(\"42\")"    sections: a letter, the length in decimal, a colon, the text. The payload is the last.
 *
 * A reader skips a section of a small letter that it does not know. A capital letter says: whoever does not know me must
 * not use this frame. Known: i id, c instants of the computation, w windows, f fences, t tags, e effects, p payload.
 * Free for later: h (HMAC).
 *
 * A branch has i and N alone: what is computed for its key varies by the input of that name, and is under longer keys.
 */
const MAGIC = 'mpnd';
const VERSION = '03';
const READABLE: ReadonlySet<unknown> = new Set(['01', '02', VERSION]);
const HEADER = /^mpnd[0-9a-f]{18}/;
const BEFORE_LENGTH = MAGIC.length + 2;
const BEFORE_CRC = BEFORE_LENGTH + 8;
const HEADER_LENGTH = BEFORE_CRC + 8;

/** What a store keeps of one entry. */
export interface Frame {
  /** The entry's full identity text (long ones arrive as a digest). */
  readonly id: string;
  /** Wall-clock milliseconds (since 1970) of the end of the computation. */
  readonly createdAt: number;
  /** How long the computation took, in milliseconds. */
  readonly computeMs: number;
  /** How long the value is fresh, in milliseconds; undefined for ever. */
  readonly ttl: number | undefined;
  readonly staleWhileRevalidate: number | undefined;
  readonly staleIfError: number | undefined;
  /** The tokens of the fences when the computation began. */
  readonly fences: readonly (readonly [name: string, token: string])[];
  /** The tokens of its tags. */
  readonly tags: readonly (readonly [tag: string, token: string])[];
  /** The text of the effects, when there are some. A reader who does not know of them serves the value without. */
  readonly effects?: string | undefined;
  /** The text of the value, by `encodeValue`. */
  readonly payload: string;
}

/** What is kept in the place of an entry, where the results of a call vary by an input. */
export interface Branch {
  /** The identity text that an entry in its place would have. */
  readonly id: string;
  /** The name of the input that is read next. */
  readonly input: string;
}

/**
 * Why a text is no frame: `foreign` (not ours at all), `version` (of a release that this one cannot read), `length` (cut
 * or grown), `checksum` (damaged), `malformed` (intact, but not what the format says).
 */
export type FrameFault = 'foreign' | 'version' | 'length' | 'checksum' | 'malformed';

/** A frame, a branch, or why there is none. */
export type DecodedFrame =
  | { readonly frame: Frame; readonly branch?: undefined; readonly fault?: undefined }
  | { readonly frame?: undefined; readonly branch: Branch; readonly fault?: undefined }
  | { readonly frame?: undefined; readonly branch?: undefined; readonly fault: FrameFault };

/** The text of a frame. It is well-formed Unicode, so that stores that keep UTF-8 give it back. */
export function encodeFrame(frame: Frame): string {
  const sections =
    section('i', quote(frame.id)) +
    section('c', numbers([frame.createdAt, frame.computeMs])) +
    section('w', numbers([frame.ttl, frame.staleWhileRevalidate, frame.staleIfError])) +
    (frame.fences.length === 0 ? '' : section('f', quote(frame.fences.flat()))) +
    (frame.tags.length === 0 ? '' : section('t', quote(frame.tags.flat()))) +
    (frame.effects === undefined ? '' : section('e', frame.effects)) +
    section('p', frame.payload);
  return withHead(sections);
}

/** The text of a branch. */
export function encodeBranch({ id, input }: Branch): string {
  return withHead(section('i', quote(id)) + section('N', quote(input)));
}

function withHead(sections: string): string {
  const head = `${MAGIC}${VERSION}${hex(HEADER_LENGTH + sections.length)}`;
  return head + checksum(head, sections) + sections;
}

/** Reads a frame, or tells why it is none. Never throws, whatever it is given, and takes time linear in the text. */
export function decodeFrame(text: unknown): DecodedFrame {
  if (typeof text !== 'string') return { fault: 'foreign' };
  if (!HEADER.test(text)) return { fault: text.startsWith(MAGIC) ? 'malformed' : 'foreign' };
  if (!READABLE.has(text.slice(MAGIC.length, BEFORE_LENGTH))) return { fault: 'version' };
  if (hexIn(text, BEFORE_LENGTH, BEFORE_CRC) !== text.length) return { fault: 'length' };
  const body = text.slice(HEADER_LENGTH);
  // UTF-8 has one text for all lone surrogates, so the checksum does not see one become another.
  if (!isWellFormed(text) || hexIn(text, BEFORE_CRC, HEADER_LENGTH) !== crc32(body, crc32(text.slice(0, BEFORE_CRC))))
    return { fault: 'checksum' };
  return readSections(body);
}

function section(letter: string, text: string): string {
  return `${letter}${text.length}:${text}`;
}

/** JSON escapes lone surrogates, which UTF-8 cannot hold. */
function quote(value: string | readonly string[]): string {
  return JSON.stringify(value);
}

function numbers(values: readonly (number | undefined)[]): string {
  return values.map((value) => (value === undefined ? '' : String(value))).join(',');
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function hexIn(text: string, from: number, to: number): number {
  return Number.parseInt(text.slice(from, to), 16);
}

function checksum(head: string, body: string): string {
  return hex(crc32(body, crc32(head)));
}

/** What is in the sections of a body, by their letters. */
class Sections {
  i: string | undefined = undefined;
  c: string | undefined = undefined;
  w: string | undefined = undefined;
  f: string | undefined = undefined;
  t: string | undefined = undefined;
  e: string | undefined = undefined;
  p: string | undefined = undefined;
  N: string | undefined = undefined;
}

const KNOWN = 'icwftepN';
/** More digits than any length has, and no more than a number is exact with. */
const LONGEST_LENGTH = 15;

/** The sections of a body; a fault when they are not what the format says. */
function split(body: string): Sections | FrameFault {
  const sections = new Sections();
  let at = 0;
  while (at < body.length) {
    if (sections.p !== undefined) return 'malformed';
    const letter = body.charAt(at);
    const colon = body.indexOf(':', at);
    const length = lengthIn(body, at + 1, colon);
    if (length === undefined || !isLetter(letter)) return 'malformed';
    at = colon + 1 + length;
    if (isKnown(letter)) {
      if (at > body.length || sections[letter] !== undefined) return 'malformed';
      sections[letter] = body.slice(colon + 1, at);
    } else if (letter < 'a') return 'version';
    else if (at > body.length) return 'malformed';
  }
  return sections;
}

function isKnown(letter: string): letter is keyof Sections {
  return KNOWN.includes(letter);
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

function readSections(body: string): DecodedFrame {
  const sections = split(body);
  if (typeof sections === 'string') return { fault: sections };
  const id = parse(sections.i);
  if (sections.N !== undefined) return readBranch(id, sections);
  const [createdAt, computeMs] = readNumbers(sections.c, 2);
  const windows = readNumbers(sections.w, 3);
  const fences = readPairs(sections.f);
  const tags = readPairs(sections.t);
  const payload = sections.p;
  if (typeof id !== 'string' || createdAt === undefined || computeMs === undefined || windows.length === 0) {
    return { fault: 'malformed' };
  }
  if (fences === undefined || tags === undefined || payload === undefined) return { fault: 'malformed' };
  const [ttl, staleWhileRevalidate, staleIfError] = windows;
  return {
    frame: {
      id,
      createdAt,
      computeMs,
      ttl,
      staleWhileRevalidate,
      staleIfError,
      fences,
      tags,
      effects: sections.e,
      payload,
    },
  };
}

function readBranch(id: unknown, sections: Sections): DecodedFrame {
  const input = parse(sections.N);
  const count = Object.values(sections).filter((section) => section !== undefined).length;
  const isSound = typeof id === 'string' && typeof input === 'string' && count === 2;
  return isSound ? { branch: { id, input } } : { fault: 'malformed' };
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Not JSON is one of the ways of being malformed, which is what the caller makes of undefined.
    return undefined;
  }
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]\d+)?$/;

/** So many numbers, or none when they are not that many or not numbers. */
function readNumbers(text: string | undefined, count: number): readonly (number | undefined)[] {
  const found: (number | undefined)[] = [];
  if (text === undefined) return found;
  for (let from = 0; from <= text.length;) {
    const comma = text.indexOf(',', from);
    const to = comma < 0 ? text.length : comma;
    const number = from === to ? undefined : (lengthIn(text, from, to) ?? numberIn(text.slice(from, to)));
    if (Number.isNaN(number)) return [];
    found.push(number);
    from = to + 1;
  }
  return found.length === count ? found : [];
}

/** A number that is not just a few digits; `NaN` when it is none. */
function numberIn(text: string): number {
  return NUMBER.test(text) ? Number(text) : NaN;
}

/** Pairs of a flat list; none when there is no section; undefined when they are not pairs of text. */
function readPairs(text: string | undefined): readonly (readonly [string, string])[] | undefined {
  if (text === undefined) return [];
  const list = parse(text);
  if (!Array.isArray(list) || list.length % 2 !== 0) return undefined;
  const pairs: [string, string][] = [];
  for (let index = 0; index < list.length; index += 2) {
    const [first, second]: readonly unknown[] = [list[index], list[index + 1]];
    if (typeof first !== 'string' || typeof second !== 'string') return undefined;
    pairs.push([first, second]);
  }
  return pairs;
}
