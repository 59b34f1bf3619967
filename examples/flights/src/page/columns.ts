import type { Answer, Bucket } from '../wire.js';
import { bar, toneOf, valuesToScale, type Drawing, type Mark } from './marks.js';
import { createScale } from './scale.js';
import { label, line, svg } from './svg.js';
import { count, valueAxis } from './words.js';

const HEIGHT = 380;
const MARGIN = { top: 46, right: 8, bottom: 46, left: 46 };
const DISTANCE_STEP = 250;

interface Slot {
  readonly start: number;
  readonly bucket: Bucket | undefined;
}

/** Draws buckets that stand on a line of numbers (hours, miles) as columns; what has no flights keeps its place. */
export function drawColumns(answer: Answer, width: number): Drawing {
  const { buckets, question, query, unit } = answer;
  const slots = question === 'byHour' ? hourSlots(answer) : distanceSlots(answer);
  const right = width - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const band = (right - MARGIN.left) / Math.max(1, slots.length);
  const scale = createScale(valuesToScale(buckets), bottom, MARGIN.top, 6);
  const zero = scale.at(0);
  const root = svg('svg', { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` });

  root.append(label(0, 14, 'start', valueAxis(unit, query.statistic), 'axis'));
  for (const tick of scale.ticks) {
    const y = scale.at(tick);
    root.append(line(MARGIN.left, y, right, y, tick === 0 ? 'zero' : 'grid'));
    root.append(label(MARGIN.left - 8, y + 4, 'end', signed(tick, unit)));
  }

  const marks: Mark[] = [];
  slots.forEach(({ start, bucket }, index) => {
    const x = MARGIN.left + index * band;
    if (bucket === undefined) return;
    const gap = Math.max(1, band * 0.12);
    const y = scale.at(bucket.value);
    // A delay of nothing is an answer, too: it gets a bar that can be seen.
    const height = Math.max(2, Math.abs(y - zero));
    const below = bucket.value < 0;
    const box = { x: x + gap, y: below ? zero : zero - height, width: band - 2 * gap, height };
    const element = svg('g', { class: toneOf(bucket, unit), 'data-start': start });
    element.append(bar(box, below ? 'bottom' : 'top', 'shape'));
    // A bar that is cut off says so, and where it would have ended.
    const cut = bucket.value > scale.high || bucket.value < scale.low;
    if (unit === 'minutes' && (cut || band >= 28)) {
      const arrow = cut ? (below ? '↓' : '↑') : '';
      const text = band >= 28 ? `${arrow}${signed(Math.round(bucket.value) + 0, unit)}` : arrow;
      element.append(label(x + band / 2, below ? box.y + height + 14 : box.y - 6, 'middle', text, 'value'));
    }
    const area = { x, y: MARGIN.top, width: band, height: bottom - MARGIN.top };
    marks.push({ bucket, element, area, tip: { x: x + band / 2, y: Math.min(box.y, zero) } });
    root.append(element);
  });

  root.append(...(question === 'byHour' ? hourTicks(slots, band, bottom) : distanceTicks(slots, band, bottom)));
  const title = question === 'byHour' ? 'Hour of departure' : 'Distance, miles';
  root.append(label((MARGIN.left + right) / 2, HEIGHT - 4, 'middle', title, 'axis'));
  return { root, marks };
}

function hourSlots({ buckets, query }: Answer): Slot[] {
  return Array.from({ length: query.toHour - query.fromHour }, (_, index) => {
    const start = query.fromHour + index;
    return { start, bucket: buckets.find((bucket) => bucket.start === start) };
  });
}

function distanceSlots({ buckets }: Answer): Slot[] {
  const starts = buckets.map(({ start }) => Number(start));
  const [first = 0, last = first] = [starts.at(0), starts.at(-1)];
  return Array.from({ length: (last - first) / DISTANCE_STEP + 1 }, (_, index) => {
    const start = first + index * DISTANCE_STEP;
    return { start, bucket: buckets.find((bucket) => bucket.start === start) };
  });
}

/** An hour is named below the middle of its column. */
function hourTicks(slots: readonly Slot[], band: number, bottom: number): SVGElement[] {
  const every = [1, 2, 3, 4, 6].find((step) => step * band >= 26) ?? 6;
  return slots
    .map(({ start }, index) => ({ start, x: MARGIN.left + (index + 0.5) * band }))
    .filter(({ start }) => start % every === 0)
    .map(({ start, x }) => label(x, bottom + 18, 'middle', String(start)));
}

/** A distance is named where its column begins. */
function distanceTicks(slots: readonly Slot[], band: number, bottom: number): SVGElement[] {
  const every = [1, 2, 4, 8].find((step) => step * band >= 46) ?? 8;
  return slots
    .map(({ start }, index) => ({ start, x: MARGIN.left + index * band }))
    .filter(({ start }) => start % (every * DISTANCE_STEP) === 0)
    .flatMap(({ start, x }) => [
      line(x, bottom, x, bottom + 5, 'notch'),
      label(x, bottom + 18, 'middle', count(start)),
    ]);
}

function signed(value: number, unit: Answer['unit']): string {
  const size = Number.isInteger(value) ? count(Math.abs(value)) : String(Math.abs(value));
  return unit === 'minutes' && value < 0 ? `−${size}` : size;
}
