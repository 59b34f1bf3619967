import { existsSync, readdirSync } from 'node:fs';
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

/** The paths of a map: each line is a name, by its indentation below the folder above it, and what is there. */
function pathsOfMap(map: string): string[] {
  const above: { readonly indent: number; readonly path: string }[] = [];
  return map.split('\n').flatMap((line) => {
    const [, blanks = '', name] = /^( *)(\S+) {2,}\S/.exec(line) ?? [];
    if (name === undefined) return [];
    while ((above.at(-1)?.indent ?? -1) >= blanks.length) above.pop();
    const path = `${above.at(-1)?.path ?? ''}${name}`;
    above.push({ indent: blanks.length, path });
    return [path];
  });
}

describe('ARCHITECTURE.md', () => {
  const { text } = pageAt('ARCHITECTURE.md');
  const [, map = ''] = /^## Map\n+```\n([\s\S]*?)```/m.exec(text) ?? [];
  const mapped = pathsOfMap(map);

  test('names only files and folders that exist', () => {
    const named = [...text.matchAll(/`((?:packages|test|examples|docs|bench|scripts)\/[\w./-]*)`/g)];
    const paths = [...named.map(([, path = '']) => path), ...mapped];
    expect(named.length).toBeGreaterThan(20);
    expect(mapped).toContain('packages/core/src/key/');
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('has every file of core and every room of a package in its map', () => {
    const sources = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/src/`);
    const rooms = sources.flatMap((source) =>
      readdirSync(join(root, source), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() || source === 'packages/core/src/')
        .map((entry) => `${source}${entry.name}${entry.isDirectory() ? '/' : ''}`),
    );
    expect([...sources, ...rooms].filter((path) => !mapped.includes(path))).toEqual([]);
  });

  test('names for each of the ten invariants at least one test', () => {
    const invariants = text.split(/^### (?=\d+\. )/m).slice(1);
    expect(invariants).toHaveLength(10);
    const unheld = invariants.filter((invariant) => !/`test\/[\w./-]+\.test\.ts`/.test(invariant));
    expect(unheld.map((invariant) => invariant.split('\n')[0])).toEqual([]);
  });
});
