/** More slices of time are made half as many: so many are sorted in a moment. */
const MOST_SLICES = 4096;

/** How many bytes were used when, in slices of time: what is the oldest of a million things, without a list of them. */
export class Ages {
  /** Milliseconds. */
  #width = 1000;
  #slices = new Map<number, number>();

  add(instant: number, bytes: number): void {
    put(this.#slices, Math.floor(instant / this.#width), bytes);
    if (this.#slices.size > MOST_SLICES) this.#coarsen();
  }

  /** Before which instant at least so many bytes were used last; Infinity when there are fewer. */
  upTo(bytes: number): number {
    let sum = 0;
    for (const slice of [...this.#slices.keys()].sort((one, other) => one - other)) {
      sum += this.#slices.get(slice) ?? 0;
      if (sum >= bytes) return (slice + 1) * this.#width;
    }
    return Infinity;
  }

  #coarsen(): void {
    const coarse = new Map<number, number>();
    for (const [slice, bytes] of this.#slices) put(coarse, Math.floor(slice / 2), bytes);
    this.#slices = coarse;
    this.#width *= 2;
  }
}

function put(slices: Map<number, number>, slice: number, bytes: number): void {
  slices.set(slice, (slices.get(slice) ?? 0) + bytes);
}
