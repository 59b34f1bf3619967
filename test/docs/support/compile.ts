import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, tsc } from '../../support/node.js';
import type { Program } from './programs.js';

/** Programs that were compiled: where the JavaScript of each is, and what the compiler said about each. */
export interface Compiled {
  fileOf(program: Program): string;
  errorsIn(program: Program): readonly string[];
  remove(): void;
}

/** As strict as the examples can be without reading odd to somebody whose project is not. */
const COMPILER_OPTIONS = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable'],
  module: 'NodeNext',
  moduleDetection: 'force',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  rootDir: 'source',
  outDir: 'compiled',
};

/** Compiles all programs at once, in a folder from which Node finds the packages of this repository by their names. */
export async function compile(programs: readonly Program[]): Promise<Compiled> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'docs-'));
  mkdirSync(join(folder, 'source'));
  const files = programs.map(sourceFile);
  for (const [index, file] of files.entries()) writeFileSync(join(folder, file), programs[index]?.source ?? '');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files }));
  const { code, stdout } = await tsc(['-p', folder]);
  const messages = stdout.split('\n').filter((line) => line.trim() !== '');
  const known = messages.filter((line) => files.some((file) => line.includes(file)));
  if (code !== 0 && known.length === 0) throw new Error(`The examples do not compile:\n${stdout}`);
  return {
    fileOf: (program) =>
      join(
        folder,
        sourceFile(program)
          .replace(/^source/, 'compiled')
          .replace(/\.ts$/, '.js'),
      ),
    errorsIn(program) {
      const file = sourceFile(program);
      return messages
        .filter((line) => line.includes(file))
        .map((line) => line.slice(line.indexOf(file)).replace(file, program.page));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function sourceFile({ page, line }: Program): string {
  return `source/${page.replaceAll('/', '-').replace(/\.md$/, '')}-${line}.ts`;
}
