// Installs what some tests need and Node does not bring: Redis and PostgreSQL servers, and Chromium for the demo's page.
// Usage, on Debian or Ubuntu, as root: npm run test:servers
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const WANTED = [
  { program: 'redis-server', debian: 'redis-server', why: 'tests of stores run against a real server' },
  { program: 'redis-cli', debian: 'redis-tools', why: 'it makes a cluster of three of them' },
  { program: 'postgres', debian: 'postgresql', why: 'tests of stores and resources run against a real server' },
  { program: 'chromium', debian: 'chromium', why: "the demo's page is driven in a real browser" },
];

/** Debian keeps the programs of each version of PostgreSQL apart, and off the PATH. */
const POSTGRESQL = '/usr/lib/postgresql';
const versions = existsSync(POSTGRESQL) ? readdirSync(POSTGRESQL) : [];
const folders = ['', ...versions.map((version) => `${POSTGRESQL}/${version}/bin/`)];

const missing = WANTED.filter(({ program }) => !folders.some((folder) => runs(`${folder}${program}`)));

if (missing.length === 0) {
  console.log(`Nothing to install: ${WANTED.map(({ program }) => program).join(', ')} are there.`);
} else {
  for (const { program, why } of missing) console.log(`Missing: ${program} (${why}).`);
  if (!existsSync('/usr/bin/apt-get')) {
    fail(
      'This script knows Debian and Ubuntu only (it found no apt-get). Install these programs the way your system ' +
        `does, so that they are on the PATH: ${missing.map(({ program }) => program).join(', ')}.`,
    );
  } else if (process.getuid?.() !== 0) {
    fail('Installing packages needs root. Run: sudo npm run test:servers');
  } else {
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', ...missing.map(({ debian }) => debian));
  }
}

/** @param {string} program */
function runs(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** @param {string[]} words */
function aptGet(...words) {
  if (process.exitCode) return;
  console.log(`apt-get ${words.join(' ')}`);
  const { status, error } = spawnSync('apt-get', words, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) fail(`apt-get ${words[0]} failed${error ? `: ${error.message}` : ` with status ${status}`}.`);
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
