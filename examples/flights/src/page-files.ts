import { readFile } from 'node:fs/promises';

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  js: 'text/javascript; charset=utf-8',
} as const;

/** What stands in the source as it is sent; scripts are compiled. */
const FILES: ReadonlySet<string> = new Set(['index.html', 'page.css', 'chart.css', 'icon.svg']);
const SCRIPTS = /^[a-z]+\.js$/u;

/** The page loads nothing from anywhere else, and says so to the browser. */
const SECURITY = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

/** Reads a file of the page; undefined for every other name. */
export async function readPageFile(name: string): Promise<PageFile | undefined> {
  const script = SCRIPTS.test(name);
  if (!script && !FILES.has(name)) return undefined;
  // Seen from dist/: scripts are beside this file, the rest is where it was written.
  const url = new URL(`${script ? './page' : '../src/page'}/${name}`, import.meta.url);
  const body = await readFile(url, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (body === undefined) return undefined;
  return { body, headers: { ...SECURITY, 'content-type': typeOf(name) } };
}

function typeOf(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  const [, type = 'text/plain'] = Object.entries(TYPES).find(([known]) => known === extension) ?? [];
  return type;
}
