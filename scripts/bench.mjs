// Builds Millpond, installs its peers if they are not there, and runs the benchmarks: npm run bench [-- --quick]
// The peers have a lock of their own (bench/package-lock.json), so that nothing else installs them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bench = new URL('../bench/', import.meta.url);
const words = process.argv.slice(2);

if (!isInstalled()) run('npm', ['ci', '--no-audit', '--no-fund'], bench);
run(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], new URL('../', import.meta.url));
if (['large-data', 'hit-ratio'].includes(words[0]))
  run(process.execPath, [`${words[0]}.mjs`, ...words.slice(1)], bench);
else run(process.execPath, ['run.mjs', ...words], bench);

/** Whether what is installed is what the package asks for. */
function isInstalled() {
  const { dependencies } = readJson('package.json');
  return Object.entries(dependencies).every(([name, version]) => {
    try {
      return version.startsWith('file:') || readJson(`node_modules/${name}/package.json`).version === version;
    } catch {
      return false;
    }
  });
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, bench), 'utf8'));
}

function run(command, args, folder) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', cwd: fileURLToPath(folder) });
  if (status !== 0) process.exit(status ?? 1);
}
