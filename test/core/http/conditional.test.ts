import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesEtag } from '../../../packages/core/src/http/conditional.js';
import { runs } from '../../support/runs.js';

const ETAG = 'W/"abc"';

describe('If-None-Match', () => {
  test.each([ETAG, '"abc"', ' W/"abc"', '"x", W/"abc"', 'W/"x","abc","y"', '*', ' * '])(
    '%s names the tag',
    (header) => {
      expect(matchesEtag(header, ETAG)).toBe(true);
    },
  );

  test.each([undefined, '', 'abc', '"ABC"', '"abcd"', '"ab"', 'W/"x", "y"', '"*"', 'W/', '"'])(
    '%s does not',
    (header) => {
      expect(matchesEtag(header, ETAG)).toBe(false);
    },
  );

  test('a comma inside a tag does not end it', () => {
    expect(matchesEtag('"a,b", "c"', '"a,b"')).toBe(true);
    expect(matchesEtag('"a,abc,b"', ETAG)).toBe(false);
  });

  test('a list matches exactly when one of its tags is the tag', () => {
    const tag = fc.string({ unit: fc.constantFrom('a', 'b', ',', ' ', '/', 'W', '*'), maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(tag, fc.boolean()), { minLength: 1 }), tag, (tags, wanted) => {
        const header = tags.map(([text, weak]) => `${weak ? 'W/' : ''}"${text}"`).join(', ');
        expect(matchesEtag(header, `W/"${wanted}"`)).toBe(tags.some(([text]) => text === wanted));
      }),
      { numRuns: runs(1000, 50_000) },
    );
  });
});
