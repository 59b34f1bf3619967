import { once } from 'node:events';
import { connect } from 'node:net';

/*
 * As little of the Redis protocol as GET and SET need: what is sent in one turn of the event loop leaves in one write, and replies are
 * cut out of what arrives.
 */

/** A connection; `send` answers with the Buffer of a bulk reply, or undefined for any other. */
export async function rawSocket(url) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  const waiting = [];
  let next = 0;
  let outgoing = '';
  let rest = Buffer.alloc(0);

  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let end = replyEnd(rest, at); end !== undefined; end = replyEnd(rest, at)) {
      waiting[next](end.value);
      next += 1;
      at = end.next;
    }
    rest = rest.subarray(at);
    waiting.splice(0, next);
    next = 0;
  });

  const flush = () => {
    socket.write(outgoing);
    outgoing = '';
  };

  return {
    send(words) {
      if (outgoing === '') setImmediate(flush);
      outgoing += `*${words.length}\r\n`;
      for (const word of words) outgoing += `$${Buffer.byteLength(word)}\r\n${word}\r\n`;
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    close: () => void socket.destroy(),
  };
}

const DOLLAR = 0x24;

/** The reply at a place, if it is there as a whole, and where the next one begins. */
function replyEnd(bytes, at) {
  const line = bytes.indexOf('\r\n', at, 'latin1');
  if (line === -1) return undefined;
  if (bytes[at] !== DOLLAR) return { value: undefined, next: line + 2 };
  const length = Number(bytes.latin1Slice(at + 1, line));
  const end = line + 2 + length;
  return end + 2 > bytes.length ? undefined : { value: bytes.subarray(line + 2, end), next: end + 2 };
}
