/** How many refreshes behind stale answers run at once, over all functions of a cache; a surplus is skipped. */
export class Refreshes {
  readonly #limit: number;
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs a refresh unless the limit is reached; it handles its own failure. */
  run(refresh: () => Promise<void>): void {
    if (this.#running >= this.#limit) return;
    this.#running += 1;
    void refresh().finally(() => {
      this.#running -= 1;
    });
  }
}
