/** Does something with each item, at most `width` at a time; the results are in the order of the items. */
export async function atMost<T, R>(width: number, items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  async function work(): Promise<void> {
    // One iterator for all workers: each takes the next item when it is done with its last.
    for (const [place, item] of left) results[place] = await run(item);
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  return results;
}
