import type { Answer, Bucket } from '../wire.js';
import { svg } from './svg.js';

/** Below this many flights a number says little, and its bar is drawn pale. */
export const FEW_FLIGHTS = 30;

/** A bar that was drawn, with what the pointer and the arrow keys need. */
export interface Mark {
  readonly bucket: Bucket;
  readonly element: SVGElement;
  /** The part of the plot that belongs to the bar, bar and empty space alike. */
  readonly area: Box;
  /** Where a tooltip points at. */
  readonly tip: { readonly x: number; readonly y: number };
}

/** A rectangle in pixels of the plot. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing of an answer. */
export interface Drawing {
  readonly root: SVGElement;
  readonly marks: readonly Mark[];
}

/**
 * The values that a scale is made for: those of a few flights would make all others small. Where they go beyond the
 * scale, their bars are cut off at its end.
 */
export function valuesToScale(buckets: readonly Bucket[]): readonly number[] {
  const enough = buckets.filter(({ flights }) => flights >= FEW_FLIGHTS);
  return (enough.length === 0 ? buckets : enough).map(({ value }) => value);
}

/** How the bar of a bucket is coloured: late, early or a plain number of flights; pale when it says little. */
export function toneOf({ value, flights }: Bucket, unit: Answer['unit']): string {
  if (unit === 'flights') return 'bar plain';
  const tone = value > 0 ? 'late' : value < 0 ? 'early' : 'even';
  return `bar ${tone}${flights < FEW_FLIGHTS ? ' few' : ''}`;
}

/** A bar whose end, away from zero, is rounded. Grows from zero where motion is welcome. */
export function bar(box: Box, end: 'top' | 'bottom' | 'left' | 'right', name: string): SVGElement {
  const { x, y, width, height } = box;
  const radius = Math.min(3, width / 2, height / 2);
  const corners = {
    top: [1, 1, 0, 0],
    right: [0, 1, 1, 0],
    bottom: [0, 0, 1, 1],
    left: [1, 0, 0, 1],
  }[end].map((round) => round * radius);
  const [topLeft = 0, topRight = 0, bottomRight = 0, bottomLeft = 0] = corners;
  const arc = (size: number, dx: number, dy: number): string => `a${size} ${size} 0 0 1 ${dx} ${dy}`;
  const path = [
    `M${x + topLeft} ${y}`,
    `H${x + width - topRight}${arc(topRight, topRight, topRight)}`,
    `V${y + height - bottomRight}${arc(bottomRight, -bottomRight, bottomRight)}`,
    `H${x + bottomLeft}${arc(bottomLeft, -bottomLeft, -bottomLeft)}`,
    `V${y + topLeft}${arc(topLeft, topLeft, -topLeft)}Z`,
  ].join('');
  return svg('path', { d: path, class: `${name} grows-${end}` });
}
