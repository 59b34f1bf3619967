import { describe, expect, test } from 'vitest';
import { decodeFrame, decodeValue } from '../../../packages/core/src/codec/index.js';
import { adopt, codecsOf } from '../../../packages/core/src/copy/index.js';
import { runs } from '../../support/runs.js';
import { codecs } from '../support/classes.js';
import { corpus } from './support/corpus.js';
import { harmed } from './support/harm.js';
import { prototypes } from './support/prototypes.js';
import { random } from './support/random.js';
import { HEADER_LENGTH, sealed, withLength } from './support/seal.js';

const COUNT = runs(100_000, 1_000_000);
const TIME = runs(120_000, 1_800_000);
/** The longest that one text may be worked on, in milliseconds. */
const HANG = 50;

const table = codecsOf(codecs, [], 'battery');
const texts = corpus();

/** Calls `each` with so many damaged texts, each one not the whole that it was made of. */
function forDamaged(each: (damaged: string, whole: string) => void): void {
  const chance = random(Number(process.env['MILLPOND_SEED'] ?? 1));
  for (let made = 0; made < COUNT;) {
    const whole = texts[made % texts.length] ?? texts[0];
    const damaged = harmed(whole, chance);
    if (damaged === whole) continue;
    made += 1;
    each(damaged, whole);
  }
}

/** All that a reader does with a text, checks of the call apart: why there is no value, or undefined when there is one. */
function whyUnread(text: string): Error | undefined {
  const { frame, fault } = decodeFrame(text);
  if (frame === undefined) return new Error(fault);
  try {
    adopt(decodeValue(frame.payload, table), { fn: 'battery', mode: 'clone', codecs: table }).copy();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('no Error');
  }
}

/** Whether a text takes too long, whenever it is tried: a busy machine or a collection of garbage is no hang. */
function hangs(text: string): boolean {
  for (let tries = 0; tries < 3; tries += 1) {
    const before = process.cpuUsage();
    whyUnread(text);
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 <= HANG) return false;
  }
  return true;
}

/** A fault of the reader's own, and not one that it found in the text. */
function isCrash(error: Error): boolean {
  const messages = [error.message, error.cause instanceof Error ? error.cause.message : ''];
  const own = /of undefined|of null|is not a function|is not iterable|call stack/;
  return messages.some((message) => own.test(message)) || !/^(The text is not|battery: |\w+$)/.test(error.message);
}

describe(`of ${COUNT} frames that were damaged`, () => {
  test(
    'S55: none is accepted',
    () => {
      const accepted: string[] = [];
      forDamaged((damaged, whole) => {
        // Also where the length fits by chance, so that the checksum alone is there to tell.
        for (const text of [damaged, withLength(damaged)]) {
          if (text !== whole && decodeFrame(text).frame !== undefined) accepted.push(text);
        }
      });
      expect(accepted).toEqual([]);
    },
    TIME,
  );

  test(
    'S55: with a checksum that fits, none crashes, hangs, or changes a prototype',
    () => {
      const before = prototypes();
      const [slow, crashed]: [string[], string[]] = [[], []];
      let read = 0;
      forDamaged((damaged) => {
        const text = sealed(damaged.slice(HEADER_LENGTH));
        const startedAt = performance.now();
        const why = whyUnread(text);
        if (performance.now() - startedAt > HANG && hangs(text)) slow.push(text);
        if (why === undefined) read += 1;
        else if (isCrash(why)) crashed.push(`${String(why)}: ${text}`);
      });
      expect({ slow, crashed }).toEqual({ slow: [], crashed: [] });
      expect(prototypes()).toBe(before);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
      // It is a battery of what is read, and not only of what the frame refuses.
      expect(read).toBeGreaterThan(COUNT / 20);
    },
    TIME,
  );
});
