import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../support/node.js';
import { pageAt } from './support/pages.js';

/** The union is a type, so its members are read from the source. */
function codesOfTheUnion(): string[] {
  const source = readFileSync(join(root, 'packages/core/src/errors.ts'), 'utf8');
  const [union = ''] = /export type CacheErrorCode =[^;]*;/.exec(source) ?? [];
  return [...union.matchAll(/'(ERR_MILLPOND_\w+)'/g)].map(([, code]) => code ?? '');
}

describe('docs/errors.md', () => {
  const { text } = pageAt('docs/errors.md');
  const headings = [...text.matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code);

  test('has one heading for every code, in the order of the union, and none for what is no code', () => {
    expect(codesOfTheUnion().length).toBeGreaterThan(10);
    expect(headings).toEqual(codesOfTheUnion());
  });

  test('shows under every heading a message or an event with that code, made by running code', () => {
    const sections = text.split(/^## /m).slice(1);
    const without = sections.filter((section) => !/^```ts\n[\s\S]*?\/\/ → /m.test(section));
    expect(without.map((section) => section.split('\n')[0])).toEqual([]);
  });
});

describe('every event', () => {
  test('has a row in the table of docs/observing.md, and every row is an event', () => {
    const source = readFileSync(join(root, 'packages/core/src/events.ts'), 'utf8');
    const types = [...source.matchAll(/readonly type: '(\w+)'/g)].map(([, type]) => type);
    const rows = [...pageAt('docs/observing.md').text.matchAll(/^\| `(\w+)` /gm)].map(([, type]) => type);
    expect(types.length).toBeGreaterThan(10);
    expect(new Set(rows)).toEqual(new Set(types));
    expect(rows).toHaveLength(types.length);
  });
});

describe('every option', () => {
  /** The names that one table of `settings.ts` accepts, as its keys are written. */
  function optionsIn(table: string): string[] {
    const source = readFileSync(join(root, 'packages/core/src/settings.ts'), 'utf8');
    const [, body = ''] = new RegExp(`const ${table}[^{]*{\\n([\\s\\S]*?)\\n};`).exec(source) ?? [];
    return [...body.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name ?? '');
  }

  test.each(['CACHE_CHECKS', 'FUNCTION_CHECKS', 'DATA_CHECKS', 'STREAM_CHECKS', 'RESOURCE_CHECKS'])(
    'of %s is in docs/options.md',
    (table) => {
      const { text } = pageAt('docs/options.md');
      const missing = optionsIn(table).filter((option) => !text.includes(`| \`${option}\` `));
      expect(optionsIn(table).length).toBeGreaterThan(3);
      expect(missing).toEqual([]);
    },
  );
});
