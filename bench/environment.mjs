import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release } from 'node:os';
import { cpuSource } from './cpu.mjs';

const { dependencies } = createRequire(import.meta.url)('./package.json');

/** Where and when a run takes place, and of which versions. */
export const environment = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${platform()} ${release()} ${arch()}`,
  figures: cpuSource,
  versions: Object.keys(dependencies)
    .map((name) => `${name} ${versionOf(name)}`)
    .join(', '),
};

function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}
