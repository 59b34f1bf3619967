import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFrame,
  encodeBranch,
  encodeFrame,
  encodeValue,
  type Frame,
} from '../../../packages/core/src/codec/index.js';
import { runs } from '../../support/runs.js';
import { anyText } from '../copy/support/arbitraries.js';
import { damaged, EACH, several } from './support/damage.js';
import { sealed } from './support/seal.js';

const frame: Frame = {
  id: 'shop/getUser@1(s2:42)',
  createdAt: 1_700_000_000_000,
  computeMs: 12.345,
  ttl: 60_000,
  staleWhileRevalidate: undefined,
  staleIfError: 3_600_000,
  fences: [
    ['function', 'f1'],
    ['cache', 'c1'],
  ],
  tags: [['user:42', 't1']],
  payload: '{"name":"Ada"}',
};

const sections = encodeFrame(frame).slice(22);

const milliseconds = fc.oneof(
  fc.nat(),
  fc.double({ min: 0, max: 1e15, noNaN: true }),
  fc.constantFrom(0, 1e21, 5e-324),
);
const pairs = fc.array(fc.tuple(anyText, anyText), { maxLength: 4 });
const frames: fc.Arbitrary<Frame> = fc.record({
  id: anyText,
  createdAt: fc.oneof(milliseconds, fc.integer()),
  computeMs: milliseconds,
  ttl: fc.option(milliseconds, { nil: undefined }),
  staleWhileRevalidate: fc.option(milliseconds, { nil: undefined }),
  staleIfError: fc.option(milliseconds, { nil: undefined }),
  fences: pairs,
  tags: pairs,
  payload: anyText.map((text) => encodeValue({ text })),
});

describe('a frame', () => {
  test('is one line that begins with its magic, version, length and checksum', () => {
    expect(encodeFrame(frame)).toBe(
      `mpnd03000000a3${crc32(`mpnd03000000a3${sections}`).toString(16).padStart(8, '0')}` +
        'i23:"shop/getUser@1(s2:42)"c20:1700000000000,12.345w14:60000,,3600000' +
        'f30:["function","f1","cache","c1"]t16:["user:42","t1"]p14:{"name":"Ada"}',
    );
  });

  test(
    'comes back as it was, through any store that keeps UTF-8',
    () => {
      fc.assert(
        fc.property(frames, (made) => {
          const text = encodeFrame(made);
          const read = decodeFrame(Buffer.from(text, 'utf8').toString('utf8'));
          expect(read).toEqual({ frame: made });
          expect(decodeFrame(Object(text))).toEqual({ fault: 'foreign' });
        }),
        { numRuns: runs(5000, 100_000) },
      );
    },
    runs(60_000, 1_200_000),
  );

  test('S61: keeps what is empty, and lone surrogates in its id', () => {
    for (const id of ['', '\ud800', 'a\udfffb', '\u0000', '"']) {
      const made = { ...frame, id, fences: [], tags: [['', '']] as const, payload: '~t"~u"', ttl: undefined };
      expect(decodeFrame(Buffer.from(encodeFrame(made)).toString())).toEqual({ frame: made });
    }
  });
});

describe('a branch', () => {
  const branch = { id: 'shop/page@1()', input: 'locale' };

  test('says by which input the results of its call vary, and nothing else', () => {
    expect(encodeBranch(branch)).toBe(sealed('i15:"shop/page@1()"N8:"locale"'));
    expect(decodeFrame(encodeBranch(branch))).toEqual({ branch });
  });

  test('comes back with any id and any name', () => {
    fc.assert(
      fc.property(anyText, anyText, (id, input) => {
        const text = Buffer.from(encodeBranch({ id, input }), 'utf8').toString('utf8');
        expect(decodeFrame(text)).toEqual({ branch: { id, input } });
      }),
      { numRuns: runs(500, 10_000) },
    );
  });

  test.each(['N8:"locale"', 'i15:"shop/page@1()"N1:5', `N8:"locale"${sections}`, 'i15:"shop/page@1()"N8:"locale"p1:1'])(
    'is malformed with more or less than that: %s',
    (text) => {
      expect(decodeFrame(sealed(text))).toEqual({ fault: 'malformed' });
    },
  );
});

describe('what is no frame is told by its fault, never thrown', () => {
  const text = encodeFrame(frame);
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'foreign'],
    ['null', null, 'foreign'],
    ['a number', 42, 'foreign'],
    ['an object', {}, 'foreign'],
    ['a Buffer', Buffer.from(text), 'foreign'],
    [
      'a proxy',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
      'foreign',
    ],
    ['an empty text', '', 'foreign'],
    ['JSON', '{"value":1}', 'foreign'],
    ['a frame behind a blank', ` ${text}`, 'foreign'],
    ['the magic alone', 'mpnd', 'malformed'],
    ['a header in capitals', text.replace('mpnd03000000a3', 'mpnd03000000A3'), 'malformed'],
    ['a later version', sealed(sections, '04'), 'version'],
    ['one that is cut', text.slice(0, -1), 'length'],
    ['one with a newline behind it', `${text}\n`, 'length'],
    ['one with another payload of its length', text.replace('Ada', 'Bob'), 'checksum'],
    ['one with another ttl', text.replace('w14:60000', 'w14:90000'), 'checksum'],
    ['one that grew with its length', `${text.replace('000000a3', '000000a4')}x`, 'checksum'],
    ['one with another checksum', text.slice(0, 14) + '00000000' + text.slice(22), 'checksum'],
  ])('%s: %#', (_, stored, fault) => {
    expect(decodeFrame(stored)).toEqual({ fault });
  });

  test('a lone surrogate in the place of the character that UTF-8 writes for it', () => {
    const made = encodeFrame({ ...frame, payload: '"\ufffd"' });
    expect(decodeFrame(made).fault).toBeUndefined();
    expect(decodeFrame(made.replace('\ufffd', '\ud800'))).toEqual({ fault: 'checksum' });
  });

  test.each<[string, string]>([
    ['no sections', ''],
    ['no id', sections.replace(/^i23:"[^"]*"/, '')],
    ['an id that is no text', sections.replace(/^i23:"[^"]*"/, 'i1:1')],
    ['an id that is no JSON', sections.replace(/^i23:"[^"]*"/, 'i1:"')],
    ['no instants', sections.replace('c20:1700000000000,12.345', '')],
    ['one instant', sections.replace('c20:1700000000000,12.345', 'c13:1700000000000')],
    ['an instant that is empty', sections.replace('c20:1700000000000,12.345', 'c7:,12.345')],
    ['an instant that is no number', sections.replace('c20:1700000000000,12.345', 'c9:0x10,12.3')],
    ['no windows', sections.replace('w14:60000,,3600000', '')],
    ['four windows', sections.replace('w14:60000,,3600000', 'w15:60000,,3600000,')],
    ['a window of NaN', sections.replace('w14:60000,,3600000', 'w12:NaN,,3600000')],
    ['no payload', sections.replace('p14:{"name":"Ada"}', '')],
    ['two payloads', `${sections}p1:1`],
    ['a section behind the payload', `${sections}x1:1`],
    ['two ids', `i1:"${sections}`.replace('i1:"', 'i2:""')],
    ['an odd number of fences', sections.replace('f30:["function","f1","cache","c1"]', 'f5:["a"]')],
    ['fences that are no texts', sections.replace('f30:["function","f1","cache","c1"]', 'f5:[1,2]')],
    ['fences that are no list', sections.replace('f30:["function","f1","cache","c1"]', 'f2:{}')],
    ['tags that are no texts', sections.replace('t16:["user:42","t1"]', 't7:["a",1]')],
    ['a section that is longer than the frame', sections.replace('p14:', 'p99:')],
    ['a section without a length', sections.replace('p14:', 'p:')],
    ['a section without a letter', sections.replace('p14:', '14:')],
  ])('an intact frame with %s', (_, body) => {
    expect(decodeFrame(sealed(body))).toEqual({ fault: 'malformed' });
  });
});

describe('frames of other releases', () => {
  test('a section that may be skipped is skipped, wherever it stands', () => {
    expect(decodeFrame(sealed(`h8:deadbeef${sections}`))).toEqual({ frame });
    expect(decodeFrame(sealed(sections.replace('p14:', 'y2:[]x0:p14:')))).toEqual({ frame });
  });

  test('a section that must be understood makes it one of another version', () => {
    expect(decodeFrame(sealed(`Q6:["de"]${sections}`))).toEqual({ fault: 'version' });
  });

  test.each(['01', '02'])('one of the version %s is read', (version) => {
    expect(decodeFrame(sealed(sections, version))).toEqual({ frame });
  });

  test('sections may come in another order, before the payload', () => {
    const shuffled = sections.replace(/^(i23:"[^"]*")(.*)(p14:.*)$/, '$2$1$3');
    expect(shuffled).not.toBe(sections);
    expect(decodeFrame(sealed(shuffled))).toEqual({ frame });
  });
});

test(
  'S55: of frames that were damaged at random, none is read as another',
  () => {
    const cases = frames.map(encodeFrame).chain((text) => fc.tuple(fc.constant(text), several(damaged(text))));
    fc.assert(
      fc.property(cases, ([text, found]) => {
        for (const stored of found) {
          const { frame, fault } = decodeFrame(stored);
          expect(frame === undefined).toBe(stored !== text);
          expect(fault === undefined).toBe(stored === text);
        }
      }),
      { numRuns: runs(5000 / EACH, 1_000_000 / EACH) },
    );
  },
  runs(60_000, 3_600_000),
);

test('S55: every single bit of a frame is guarded', () => {
  const text = encodeFrame(frame);
  for (let index = 0; index < text.length; index++) {
    for (let bit = 0; bit < 16; bit++) {
      const flipped =
        text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ (1 << bit)) + text.slice(index + 1);
      expect(decodeFrame(flipped).frame).toBeUndefined();
    }
  }
});

test.each([
  'mpnd03',
  `mpnd03${'f'.repeat(16)}`,
  `mpnd03${'0'.repeat(1_000_000)}`,
  'i9999999999:'.repeat(100_000),
  'i0:'.repeat(300_000),
])('the time to refuse nonsense grows with its length: %#', (text) => {
  expect(decodeFrame(text).frame).toBeUndefined();
  expect(decodeFrame(sealed(text))).toEqual({ fault: 'malformed' });
});
