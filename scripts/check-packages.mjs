// Checks the packages as their users get them: packed, linted (publint, attw), installed into real apps, compiled
// there with the apps' own TypeScript and run. One line for each check; the exit code is 1 when one has failed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = ['core', 'fastify', 'express', 'nest'];
const apps = {
  cjs: 'CommonJS, Nest 12, Fastify 5, Express 5',
  esm: 'ESM, Nest 12, Fastify 5, Express 5',
  nest11: 'CommonJS, Nest 11, Fastify 5, Express 5, node10 resolution',
  older: 'CommonJS, Nest 10, Fastify 4, Express 4, node10 resolution',
};

let failed = 0;

/** Runs a check and says how it went; a failure is told with its output and the next check goes on. */
async function check(name, run) {
  const start = performance.now();
  try {
    const lines = await run();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`ok    ${name} (${seconds} s)\n`);
    for (const line of lines ?? []) process.stdout.write(`ok      ${line}\n`);
    return true;
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAIL  ${name}\n${String(error instanceof Error ? error.message : error)}\n`);
    return false;
  }
}

/** Runs a program to its end; resolves with what it wrote to standard output, rejects with all that it wrote. */
function run(program, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 });
    let output = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk) => (all += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${signal ?? code}\n${all}`));
    });
  });
}

const node = (path, args, cwd = root) => run(process.execPath, [path, ...args], cwd);
const npm = (args, cwd = root) => run('npm', args, cwd);
const installed = (path) => join(root, 'node_modules', path);

async function pack(name, folder) {
  const [packed] = JSON.parse(await npm(['pack', '--json', '--pack-destination', folder, '-w', `packages/${name}`]));
  return { name, file: join(folder, packed.filename), contents: packed.files.map(({ path }) => path) };
}

/** What a tarball must hold, and what it must not: a compiled file without its source is left over from an old build. */
async function checkContents({ name, contents }) {
  const held = new Set(contents);
  const missing = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'].filter(
    (path) => !held.has(path),
  );
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
  const odd = contents.filter(
    (path) => !/^(dist\/.+\.(js|d\.ts)(\.map)?|src\/.+\.ts|[A-Z]+(\.md)?|package\.json)$/.test(path),
  );
  if (odd.length > 0) throw new Error(`does not belong there: ${odd.join(', ')}`);
  const stale = contents.filter(
    (path) => path.endsWith('.js') && !held.has(path.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts')),
  );
  if (stale.length > 0)
    throw new Error(`no source for: ${stale.join(', ')}. Remove packages/${name}/dist and build again.`);
  const texts = await Promise.all(
    ['LICENSE', `packages/${name}/LICENSE`].map((path) => readFile(join(root, path), 'utf8')),
  );
  if (texts[0] !== texts[1]) throw new Error(`packages/${name}/LICENSE differs from LICENSE`);
}

/** An app in a folder outside the workspace, where nothing of this repository can be found but the tarballs. */
async function checkApp(app, folder, tarballs) {
  const home = join(folder, app);
  await mkdir(home);
  await cp(join(root, 'test/compat', app), home, { recursive: true });
  await cp(join(root, 'test/compat/app'), join(home, 'src'), { recursive: true });
  const label = `${app} (${apps[app]})`;
  const files = tarballs.map(({ file }) => file);
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--prefer-offline'];
  if (!(await check(`${label}: installs`, async () => void (await npm([...install, ...files], home))))) return;
  if (
    !(await check(`${label}: compiles`, () =>
      node('node_modules/typescript/bin/tsc', ['-p', '.'], home).then(() => []),
    ))
  )
    return;
  await check(`${label}: runs`, async () => (await node('dist/main.js', [], home)).trim().split('\n'));
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'millpond-packages-'));
  try {
    const built = await check('the packages build', async () => {
      await node(installed('typescript/bin/tsc'), ['-b', ...packages.map((name) => `packages/${name}`)]);
    });
    if (!built) return;
    const tarballs = [];
    for (const name of packages) {
      await check(`@millpond/${name}: packs`, async () => void tarballs.push(await pack(name, folder)));
    }
    for (const tarball of tarballs) {
      const name = `@millpond/${tarball.name}`;
      await check(`${name}: holds what it should`, () => checkContents(tarball));
      await check(`${name}: publint --strict`, async () => {
        await node(installed('publint/src/cli.js'), ['run', tarball.file, '--strict']);
      });
      await check(`${name}: attw --profile esm-only`, async () => {
        await node(installed('@arethetypeswrong/cli/dist/index.js'), [tarball.file, '--profile', 'esm-only']);
      });
    }
    if (tarballs.length < packages.length) return;
    for (const app of Object.keys(apps)) await checkApp(app, folder, tarballs);
  } finally {
    if (failed === 0 || !process.env.MILLPOND_KEEP) await rm(folder, { recursive: true, force: true });
    else process.stdout.write(`kept: ${folder}\n`);
  }
}

if (!existsSync(installed('typescript'))) {
  process.stdout.write('FAIL  run `npm ci` first\n');
  process.exitCode = 1;
} else {
  await main();
  process.stdout.write(failed === 0 ? 'The packages are fit to publish.\n' : `${failed} checks failed.\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
