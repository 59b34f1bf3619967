/** A TypeScript program of a page: one fenced block, and the blocks marked `continued` that follow it. */
export interface Program {
  /** The page, from the root of the repository, such as `docs/keys.md`. */
  readonly page: string;
  /** The line of its first fence, from 1. */
  readonly line: number;
  /** The source, with as many empty lines before it that its line numbers are those of the page. */
  readonly source: string;
  /** Whether it is only type-checked. */
  readonly noRun: boolean;
  /** What it says that it prints, line by line. */
  readonly expected: readonly string[];
}

interface Block {
  readonly line: number;
  readonly words: readonly string[];
  readonly lines: readonly string[];
}

const WORDS = new Set(['no-run', 'continued']);

/**
 * The programs of a page. ` ```ts ` begins one, ` ```ts continued ` goes on with the one before, ` ```ts no-run ` is
 * type-checked only. `// → text`, behind a statement or on a line of its own, is a line that the program prints.
 */
export function programsOf(page: string, markdown: string): Program[] {
  const programs: Block[][] = [];
  for (const block of blocksOf(page, markdown)) {
    const last = programs.at(-1);
    if (!block.words.includes('continued')) programs.push([block]);
    else if (last === undefined) throw new Error(`${page}:${block.line}: nothing to continue`);
    else last.push(block);
  }
  return programs.map((blocks) => programOf(page, blocks));
}

function programOf(page: string, blocks: readonly Block[]): Program {
  const lines: string[] = [];
  for (const block of blocks) {
    while (lines.length < block.line) lines.push('');
    lines.push(...block.lines);
  }
  const noRun = blocks.some(({ words }) => words.includes('no-run'));
  const expected = lines.flatMap((line) => {
    const [, text] = /\/\/ → ?(.*)$/.exec(line) ?? [];
    return text === undefined ? [] : [text.trimEnd()];
  });
  return { page, line: blocks[0]?.line ?? 0, source: `${lines.join('\n')}\n`, noRun, expected };
}

function blocksOf(page: string, markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; words: string[] | undefined; lines: string[] } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const fence = /^ *```(.*)$/.exec(text);
    if (fence === null) {
      open?.lines.push(text);
    } else if (open === undefined) {
      open = { line: index + 1, words: typescriptWords(page, index + 1, fence[1] ?? ''), lines: [] };
    } else {
      if (open.words !== undefined) blocks.push({ ...open, words: open.words });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the block has no end`);
  return blocks;
}

/** The words behind `ts`; undefined for a block of another language. */
function typescriptWords(page: string, line: number, info: string): string[] | undefined {
  const [language, ...words] = info.trim().split(/\s+/);
  if (language !== 'ts' && language !== 'typescript') return undefined;
  const unknown = words.find((word) => !WORDS.has(word));
  if (unknown !== undefined) throw new Error(`${page}:${line}: a block is \`no-run\` or \`continued\`, not ${unknown}`);
  return words;
}

/** What was printed, with the expected line in the place of each that fits it: in an expectation `…` is any text. */
export function withEllipses(printed: readonly string[], expected: readonly string[]): string[] {
  return printed.map((line, index) => {
    const parts = expected[index]?.split('…') ?? [];
    const fits = new RegExp(`^${parts.map((part) => part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('.+')}$`);
    return parts.length > 1 && fits.test(line) ? parts.join('…') : line;
  });
}
