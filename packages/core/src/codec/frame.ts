import { crc32 } from 'node:zlib';
import { isWellFormed } from '../key/digest.js';
import { numberEnd, numberIn, split, type Sections } from './sections.js';

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

/** Codes of characters: of `0`, of what follows the digits, and ten before `a`. */
const ZERO = 48;
const LETTERS = 58;
const BEFORE_A = 87;

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

/** An identity text, and how a frame writes it: who asks for one entry need not read whose it is, only compare. */
export interface ExpectedId {
  readonly id: string;
  readonly written: string;
}

/** An identity text as a frame writes it. */
export function writtenId(id: string): string {
  return quote(id);
}

/**
 * Reads a frame, or tells why it is none. Never throws, whatever it is given, and takes time linear in the text. `expected`
 * changes nothing but how fast a frame of that identity is read.
 */
export function decodeFrame(text: unknown, expected?: ExpectedId): DecodedFrame {
  if (typeof text !== 'string') return { fault: 'foreign' };
  if (!HEADER.test(text)) return { fault: text.startsWith(MAGIC) ? 'malformed' : 'foreign' };
  if (!READABLE.has(text.slice(MAGIC.length, BEFORE_LENGTH))) return { fault: 'version' };
  if (hexIn(text, BEFORE_LENGTH, BEFORE_CRC) !== text.length) return { fault: 'length' };
  // UTF-8 has one text for all lone surrogates, so the checksum does not see one become another.
  if (!isWellFormed(text) || hexIn(text, BEFORE_CRC, HEADER_LENGTH) !== checksumOf(text)) return { fault: 'checksum' };
  return readSections(text, expected);
}

function checksumOf(text: string): number {
  return crc32(text.slice(HEADER_LENGTH), crc32(text.slice(0, BEFORE_CRC)));
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

/** The number of hexadecimal digits, which are known to be some. */
function hexIn(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    number = number * 16 + code - (code < LETTERS ? ZERO : BEFORE_A);
  }
  return number;
}

function checksum(head: string, body: string): string {
  return hex(crc32(body, crc32(head)));
}

function readSections(text: string, expected: ExpectedId | undefined): DecodedFrame {
  const sections = split(text, HEADER_LENGTH);
  if (typeof sections === 'string') return { fault: sections };
  const id = sections.i !== undefined && sections.i === expected?.written ? expected.id : parse(sections.i);
  if (sections.N !== undefined) return readBranch(id, sections);
  const frame = typeof id === 'string' ? readEntry(text, id, sections) : undefined;
  return frame === undefined ? { fault: 'malformed' } : { frame };
}

function readEntry(text: string, id: string, sections: Sections): Frame | undefined {
  const { cFrom, cTo, wFrom, wTo, e: effects, p: payload } = sections;
  const createdEnd = numberEnd(text, cFrom, cTo);
  const ttlEnd = numberEnd(text, wFrom, wTo);
  const revalidateEnd = numberEnd(text, ttlEnd + 1, wTo);
  if (createdEnd >= cTo || revalidateEnd >= wTo) return undefined;
  const createdAt = numberIn(text, cFrom, createdEnd);
  const computeMs = numberIn(text, createdEnd + 1, cTo);
  const ttl = numberIn(text, wFrom, ttlEnd);
  const staleWhileRevalidate = numberIn(text, ttlEnd + 1, revalidateEnd);
  const staleIfError = numberIn(text, revalidateEnd + 1, wTo);
  const fences = readFences(sections.f);
  const tags = readPairs(sections.t);
  if (createdAt === undefined || computeMs === undefined) return undefined;
  if (fences === undefined || tags === undefined || payload === undefined) return undefined;
  const isSound = areNumbers(createdAt, computeMs, ttl) && areNumbers(staleWhileRevalidate, staleIfError, undefined);
  if (!isSound) return undefined;
  return { id, createdAt, computeMs, ttl, staleWhileRevalidate, staleIfError, fences, tags, effects, payload };
}

function areNumbers(one: number | undefined, two: number | undefined, three: number | undefined): boolean {
  return !Number.isNaN(one) && !Number.isNaN(two) && !Number.isNaN(three);
}

function readBranch(id: unknown, { N, cFrom, wFrom, f, t, e, p }: Sections): DecodedFrame {
  const input = parse(N);
  const isAlone = cFrom < 0 && wFrom < 0 && f === undefined && t === undefined && e === undefined && p === undefined;
  const isSound = typeof id === 'string' && typeof input === 'string' && isAlone;
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

type Pairs = readonly (readonly [string, string])[];

const NO_PAIRS: Pairs = [];
/** There are four fences at most; what is longer is not ours, and not worth holding on to. */
const MOST_REMEMBERED = 4;

/** The fences that were read last: nearly all entries of a function carry the same, until something is outdated. */
let lastFences = '';
let lastPairs: Pairs = [];

function readFences(text: string | undefined): Pairs | undefined {
  if (text === lastFences) return lastPairs;
  const pairs = readPairs(text);
  if (pairs !== undefined && pairs.length > 0 && pairs.length <= MOST_REMEMBERED) {
    // Written anew: a part of a text holds on to all of it.
    lastFences = quote(pairs.flat());
    lastPairs = pairs;
  }
  return pairs;
}

/** Pairs of a flat list; none when there is no section; undefined when they are not pairs of text. */
function readPairs(text: string | undefined): Pairs | undefined {
  if (text === undefined) return NO_PAIRS;
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
