/**
 * Keys of one function whose last refresh failed, and when the next may be tried. Not of the entries themselves: over a
 * store memory lets go of one and reads it again.
 */
export class Cooldowns {
  readonly #until = new Map<string, number>();

  isOver(key: string, now: number): boolean {
    // All last equally long, so that the first in the map is the first to end.
    for (const [first, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(first);
    }
    return !this.#until.has(key);
  }

  /** How long it is until the next may be tried; 0 when it may be. */
  left(key: string, now: number): number {
    return Math.max(0, (this.#until.get(key) ?? now) - now);
  }

  begin(key: string, until: number): void {
    this.end(key);
    this.#until.set(key, until);
  }

  /** The function has returned a value that is kept. */
  end(key: string): void {
    this.#until.delete(key);
  }
}

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
