import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../support/node.js';
import { allPages, pageAt, type Page } from './support/pages.js';

const pages = allPages();

/** The anchor that a heading gets on the usual hosts: lower case, without punctuation, blanks as hyphens. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The links of a page that lead to no file, or to no heading of it. */
function brokenLinks({ path, text }: Page): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const found = file === '' ? path : normalize(join(dirname(path), file));
    if (!existsSync(join(root, found))) return true;
    return anchor !== undefined && !anchorsOf(file === '' ? text : pageAt(found).text).includes(anchor);
  });
}

describe('the documentation', () => {
  test.each(pages)('links of $path lead somewhere', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test('finds a link that leads nowhere', () => {
    const text = '[a](nowhere.md) [b](#no-heading) [c](../README.md#millpond) [d](https://example.org/x)';
    expect(brokenLinks({ path: 'docs/x.md', text: `# X\n${text}` })).toEqual(['nowhere.md', '#no-heading']);
  });

  test('every page of docs/ is named in docs/README.md', () => {
    const { text } = pageAt('docs/README.md');
    const names = pages.filter(({ path }) => path.startsWith('docs/')).map(({ path }) => path.slice('docs/'.length));
    expect(names.filter((name) => name !== 'README.md' && !text.includes(`(${name})`))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  const { text } = pageAt('ARCHITECTURE.md');

  test('names only files and folders that exist', () => {
    const paths = [...text.matchAll(/`((?:packages|test|examples|docs|bench|scripts|\.ci)\/[\w./*-]*)`/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('names for each of the ten invariants at least one test', () => {
    const invariants = text.split(/^### (?=\d+\. )/m).slice(1);
    expect(invariants).toHaveLength(10);
    const unheld = invariants.filter((invariant) => !/`test\/[\w./-]+\.test\.ts`/.test(invariant));
    expect(unheld.map((invariant) => invariant.split('\n')[0])).toEqual([]);
  });
});
