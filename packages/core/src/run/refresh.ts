/** How many refreshes behind stale answers run at once, over all functions of a cache; a surplus is skipped. */
export class Refreshes {
  readonly #limit: number;
  readonly #running = new Set<{ readonly until: number }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Runs a refresh unless the limit is reached; it handles its own failure. One that has not ended after `timeout`
   * milliseconds counts no longer, since it may never end. Tells whether it runs.
   */
  run(refresh: () => Promise<void>, now: number, timeout: number): boolean {
    if (this.#running.size >= this.#limit) this.#forget(now);
    if (this.#running.size >= this.#limit) return false;
    const place = { until: now + timeout };
    this.#running.add(place);
    void refresh().finally(() => this.#running.delete(place));
    return true;
  }

  #forget(now: number): void {
    for (const place of this.#running) if (place.until <= now) this.#running.delete(place);
  }
}
