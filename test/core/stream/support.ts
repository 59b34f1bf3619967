import { currentSignal } from '@millpond/core';

type Step<T> =
  { readonly type: 'item'; readonly item: T } | { readonly type: 'end' } | { readonly type: 'break'; error: unknown };

/** One run of a generator whose items a test gives. */
export class Tap<T> {
  /** How many items it was asked for. */
  asked = 0;
  /** Whether its `finally` has run. */
  isClosed = false;
  readonly signal: AbortSignal | undefined = currentSignal();
  readonly #steps: Step<T>[] = [];
  #wake: () => void = () => {};

  give(...items: readonly T[]): void {
    for (const item of items) this.#put({ type: 'item', item });
  }

  end(): void {
    this.#put({ type: 'end' });
  }

  fail(error: unknown): void {
    this.#put({ type: 'break', error });
  }

  #put(step: Step<T>): void {
    this.#steps.push(step);
    this.#wake();
  }

  async next(): Promise<Step<T>> {
    this.asked += 1;
    for (;;) {
      const step = this.#steps.shift();
      if (step !== undefined) return step;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A generator function, and a tap for each of its runs, in order. */
export function tapped<T>(): { readonly fn: (key: string) => AsyncGenerator<T>; readonly taps: Tap<T>[] } {
  const taps: Tap<T>[] = [];
  async function* fn(_key: string): AsyncGenerator<T> {
    const tap = new Tap<T>();
    taps.push(tap);
    try {
      for (;;) {
        const step = await tap.next();
        if (step.type === 'end') return;
        if (step.type === 'break') throw step.error;
        yield step.item;
      }
    } finally {
      tap.isClosed = true;
    }
  }
  return { fn, taps };
}

/** The run of a number, from 1; it must have begun. */
export function runOf<T>(taps: readonly Tap<T>[], run: number): Tap<T> {
  const tap = taps[run - 1];
  if (tap === undefined) throw new Error(`run ${run} has not begun`);
  return tap;
}

/** Every item. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** The next so many items of a reader who goes on afterwards. */
export async function take<T>(reader: AsyncIterator<T, undefined>, count: number): Promise<T[]> {
  const items: T[] = [];
  while (items.length < count) {
    const step = await reader.next();
    if (step.done === true) throw new Error(`the stream ended after ${items.length} items`);
    items.push(step.value);
  }
  return items;
}

/** What a reader gets until the stream ends or breaks, and what it broke with. */
export async function readOut<T>(
  stream: AsyncIterable<T>,
): Promise<{ readonly items: readonly T[]; readonly error?: unknown }> {
  const items: T[] = [];
  try {
    for await (const item of stream) items.push(item);
  } catch (error) {
    return { items, error };
  }
  return { items };
}
