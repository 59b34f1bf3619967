/// <reference lib="dom" />
// The types of playwright-core speak of the elements of a page.
import { spawnSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const HOW = 'Debian and Ubuntu, as root: npm run test:servers. Elsewhere, put chromium on the PATH.';

/** Nothing but the demo is asked for anything: not even a browser's own background requests. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function findChromium(): string | undefined {
  return PROGRAMS.find((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0);
}

function pathOf(program: string): string {
  return spawnSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).stdout.trim();
}

/**
 * A `describe` with a real, headless Chromium. Without one on the PATH its tests are skipped, loudly; under `CI=true`
 * that is a failure.
 */
export function describeWithChromium(name: string, tests: (browser: () => Browser) => void): void {
  const program = findChromium();
  if (program === undefined && process.env['CI'] !== 'true') {
    process.stderr.write(`\n!!! SKIPPED, for want of Chromium: ${name}\n!!! ${HOW}\n\n`);
    describe.skip(name, () => test('needs chromium', () => undefined));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      if (program === undefined) throw new Error(`Chromium is not installed. ${HOW}`);
      browser = await chromium.launch({ executablePath: pathOf(program), args: ARGUMENTS });
    });
    afterAll(() => browser?.close());
    tests(() => {
      if (browser === undefined) throw new Error('Chromium has not been started yet.');
      return browser;
    });
  });
}
