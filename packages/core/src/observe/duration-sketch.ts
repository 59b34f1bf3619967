/** What a told quantile is off by at most: 5 % of the true one. */
const ACCURACY = 0.05;
const GROWTH = (1 + ACCURACY) / (1 - ACCURACY);

/** Durations up to a microsecond, which a clock can hardly tell from none, count as 0; the last bucket ends at a day. */
const SHORTEST = 0.001;
const LONGEST = 86_400_000;
const BUCKETS = bucketOf(LONGEST) + 1;

/**
 * Quantiles of durations (milliseconds) in a memory that never grows: buckets each 10.5 % wider than the one before,
 * after DDSketch (Masson, Rim and Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error
 * Guarantees", VLDB 2019). Adding allocates nothing but, once, the buckets.
 */
export class DurationSketch {
  #counts: Float64Array | undefined;
  #count = 0;

  add(duration: number): void {
    this.#counts ??= new Float64Array(BUCKETS);
    const bucket = Math.min(bucketOf(duration), BUCKETS - 1);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  /**
   * The duration below which a share (0 to 1) of all is, within 5 % for any from a microsecond to a day; undefined
   * when there is none yet.
   */
  quantile(share: number): number | undefined {
    if (this.#counts === undefined) return undefined;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => (seen += count) >= rank);
    return bucket === 0 ? 0 : (SHORTEST * 2 * GROWTH ** bucket) / (GROWTH + 1);
  }
}

/** Bucket 0 is up to the shortest; bucket n is from GROWTH ** (n - 1) to GROWTH ** n times that. */
function bucketOf(duration: number): number {
  return duration <= SHORTEST ? 0 : Math.ceil(Math.log(duration / SHORTEST) / Math.log(GROWTH));
}
