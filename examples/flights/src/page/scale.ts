/** A scale from values to pixels, with round ticks. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** The pixel of a value; of one beyond the scale, the scale's end. */
  at(value: number): number;
}

const ROUND_STEPS = [1, 2, 2.5, 5, 10];

/** Makes a scale that shows zero, every value and about `count` ticks; whole values get whole ticks. */
export function createScale(values: readonly number[], from: number, to: number, count: number): Scale {
  const lowest = Math.min(0, ...values);
  const highest = Math.max(0, ...values);
  const step = roundStep((highest - lowest || 1) / Math.max(1, count));
  const low = Math.floor(lowest / step) * step;
  const high = Math.max(low + step, Math.ceil(highest / step) * step);
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => clean(low + index * step));
  const at = (value: number): number => {
    const within = Math.min(high, Math.max(low, value));
    return from + ((within - low) / (high - low)) * (to - from);
  };
  return { low, high, ticks, at };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = ROUND_STEPS.find((round) => round * power >= rough) ?? 10;
  return factor * power;
}

/** Takes the dust of binary fractions off a tick, and the sign off a zero. */
function clean(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}
