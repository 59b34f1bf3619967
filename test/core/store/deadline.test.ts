import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../packages/core/src/clock.js';
import { withDeadline } from '../../../packages/core/src/store/deadline.js';
import { fakeClock } from '../../support/fake-clock.js';

describe('withDeadline', () => {
  test('tells the value of what settles in time, and leaves no timer behind', async () => {
    const clock = fakeClock();
    expect(await withDeadline(Promise.resolve(1), 50, clock, 'awaited')).toEqual({ inTime: true, value: 1 });
    expect(clock.pending).toBe(0);
  });

  test('rejects when the promise does, and leaves no timer behind', async () => {
    const clock = fakeClock();
    const failure = new Error('no');
    await expect(withDeadline(Promise.reject(failure), 50, clock, 'awaited')).rejects.toBe(failure);
    expect(clock.pending).toBe(0);
  });

  test('gives up at the deadline, and does not mind what comes later', async () => {
    const clock = fakeClock();
    let reject: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_, settle) => (reject = settle));
    const waited = withDeadline(late, 50, clock, 'awaited');
    await clock.advance(49);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect(await waited).toEqual({ inTime: false });
    reject(new Error('too late'));
  });

  test('hazard 48: an answer that lay ready while the event loop was blocked is in time', async () => {
    const deadline = 200;
    // The answer is in the client's socket, and this process, which is both, is busy until after the deadline.
    const server = createServer((socket) => {
      socket.on('data', () => {
        socket.write('answer');
        block(deadline + 50);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const client = connect(address.port, '127.0.0.1');
    await once(client, 'connect');
    try {
      for (let time = 0; time < 3; time += 1) {
        expect(await withDeadline(ask(client), deadline, systemClock, 'awaited')).toEqual({
          inTime: true,
          value: 'answer',
        });
      }
    } finally {
      client.destroy();
      server.close();
    }
  });
});

async function ask(client: Socket): Promise<string> {
  client.write('question');
  const [answer] = (await once(client, 'data')) as [Buffer];
  return answer.toString();
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
