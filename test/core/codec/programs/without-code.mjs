// Writes and reads rows often enough that their mould would be compiled, where no code may be made of texts:
// node --disallow-code-generation-from-strings without-code.mjs. Says what it read last, as JSON.
import { decodeValue, encodeValue } from '../../../../packages/core/dist/codec/index.js';

const rows = Array.from({ length: 300 }, (_, id) => ({ id, at: new Date(id), by: { name: `n${id}` } }));
const text = encodeValue(rows);
for (let times = 0; times < 3; times += 1) decodeValue(text);
let forbidden = false;
try {
  // oxlint-disable-next-line no-implied-eval, no-new-func
  Function('return 1')();
} catch {
  forbidden = true;
}
process.stdout.write(JSON.stringify({ forbidden, last: decodeValue(text).at(-1) }));
