import { describe, expect, test } from 'vitest';
import type { Sent } from '../../../packages/core/src/store/guard.js';
import { createWriteQueue, type WriteQueue } from '../../../packages/core/src/store/write-queue.js';
import { settle } from '../../support/fake-clock.js';

/** A write that a test ends. */
interface Sending {
  readonly name: string;
  end(sent: Sent): void;
}

interface Subject {
  readonly queue: WriteQueue;
  /** What is being written, in the order in which it was begun. */
  readonly begun: Sending[];
  readonly dropped: number[];
  readonly put: (key: string, name: string) => Promise<boolean>;
}

function subject(atOnce = 16, most = 1000): Subject {
  const begun: Sending[] = [];
  const dropped: number[] = [];
  const queue = createWriteQueue({ atOnce, most, onDropped: (count) => void dropped.push(count) });
  const put = (key: string, name: string): Promise<boolean> =>
    queue.put(key, () => new Promise((resolve) => begun.push({ name, end: resolve })));
  return { queue, begun, dropped, put };
}

const namesOf = (begun: readonly Sending[]): string[] => begun.map(({ name }) => name);

describe('a write queue', () => {
  test('writes one key in order, and of what waits only the last', async () => {
    const { put, begun } = subject();
    const ends = [put('k', '1'), put('k', '2'), put('k', '3')];
    await ends[1];
    expect(namesOf(begun)).toEqual(['1']);
    begun[0]?.end('done');
    await ends[0];
    expect(namesOf(begun)).toEqual(['1', '3']);
    begun[1]?.end('failed');
    await ends[2];
  });

  test('writes a bounded number of keys at once, first come, first served', async () => {
    const { put, begun } = subject(2);
    for (const key of ['a', 'b', 'c', 'd']) void put(key, key);
    expect(namesOf(begun)).toEqual(['a', 'b']);
    begun[1]?.end('done');
    await settle();
    expect(namesOf(begun)).toEqual(['a', 'b', 'c']);
  });

  test('drops writes of more keys than it takes, and tells how many', async () => {
    const { put, dropped, begun } = subject(1, 2);
    for (const key of ['a', 'b', 'c', 'd']) void put(key, key);
    await settle();
    expect(dropped).toEqual([2]);
    begun[0]?.end('done');
    await settle();
    void put('e', 'e');
    await settle();
    expect(dropped).toEqual([2]);
  });

  test('is idle when nothing waits and nothing is being written', async () => {
    const { queue, put, begun } = subject();
    await queue.idle();
    void put('k', '1');
    let idle = false;
    void queue.idle().then(() => (idle = true));
    await settle();
    expect(idle).toBe(false);
    begun[0]?.end('done');
    await settle();
    expect(idle).toBe(true);
  });
});

describe('hazard 5: a write whose outcome is unknown', () => {
  /** One write that is late; `land` settles it. */
  async function doubtful(subject: Subject): Promise<{ land: () => Promise<void> }> {
    const put = subject.put('k', 'older');
    let settleLate: (done: boolean) => void = () => undefined;
    subject.begun[0]?.end({ late: new Promise((resolve) => (settleLate = resolve)) });
    await put;
    return {
      async land() {
        settleLate(true);
        await settle();
      },
    };
  }

  test('has the last write of its key sent again when it settles', async () => {
    const s = subject();
    const { land } = await doubtful(s);
    void s.put('k', 'newer');
    s.begun[1]?.end('done');
    await settle();
    await land();
    expect(namesOf(s.begun)).toEqual(['older', 'newer', 'newer']);
    s.begun[2]?.end('done');
    await s.queue.idle();
  });

  test('that settles while a later one is being written has that one sent once more', async () => {
    const s = subject();
    const { land } = await doubtful(s);
    void s.put('k', 'newer');
    await land();
    expect(namesOf(s.begun)).toEqual(['older', 'newer']);
    s.begun[1]?.end('done');
    await settle();
    expect(namesOf(s.begun)).toEqual(['older', 'newer', 'newer']);
  });

  test('has nothing sent again when it was the last', async () => {
    const s = subject();
    const { land } = await doubtful(s);
    await land();
    expect(namesOf(s.begun)).toEqual(['older']);
  });

  test('keeps its place among the keys until it settles', async () => {
    const s = subject(16, 1);
    const { land } = await doubtful(s);
    void s.put('other', 'other');
    await settle();
    expect(s.dropped).toEqual([1]);
    await land();
    void s.put('other', 'other');
    await settle();
    expect(s.dropped).toEqual([1]);
  });
});
