import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/node.js';

/** One page of the documentation, by its path from the root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every page: the files at the root, `docs/`, and the README of each package. */
export function allPages(): Page[] {
  const folders = ['.', 'docs', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)];
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => pageAt(folder === '.' ? name : `${folder}/${name}`)),
  );
}

/** The page at a path from the root. */
export function pageAt(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}
