// A process that shares a disk store with others: node disk-process.mjs <folder> <name> <rounds>
// Without end when <rounds> is 0. Says `ready` when it has kept its first entry, and at its end what went wrong.
import { systemClock } from '../../../../packages/core/dist/clock.js';
import { diskStore, openStore } from '../../../../packages/core/dist/store/index.js';

const [path, name, rounds] = process.argv.slice(2);
const wrong = [];
const tier = openStore({
  input: diskStore({ path }),
  cache: 'shared',
  cacheVersion: '',
  closeInput: true,
  readDeadline: 10_000,
  storeTtl: 3_600_000,
  memoryTtl: 10_000,
  closeTimeout: 10_000,
  clock: systemClock,
  emit: (event) => wrong.push(`${event.type} ${event.error?.message ?? ''}`),
});
const fn = tier.function({ name: 'load', version: '1', shown: 'load', maxValueBytes: 2 ** 24 });

const last = rounds === '0' ? Number.POSITIVE_INFINITY : Number(rounds);

for (let round = 0; round < last; round += 1) {
  const key = String(round % 7);
  const { found, begun } = await fn.lookup(key, []);
  if (found !== undefined && !found.payload.startsWith(`${key}:`))
    wrong.push(`${key} found ${found.payload.slice(0, 20)}`);
  const payload = `${key}:${name.repeat(50_000)}`;
  await new Promise((onEnd) => {
    void fn.keep(key, begun, { encode: () => payload, ttl: 60_000, computeMs: 1, tags: [], inherited: [], onEnd });
  });
  if (round % 10 === 9) await fn.delete(key);
  if (round === 0) process.stdout.write('ready\n');
}
await tier.close();
process.stdout.write(JSON.stringify(wrong));
