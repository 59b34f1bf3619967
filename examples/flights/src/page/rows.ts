import type { Answer } from '../wire.js';
import { bar, toneOf, valuesToScale, type Drawing, type Mark } from './marks.js';
import { createScale } from './scale.js';
import { label, line, svg } from './svg.js';
import { amount, count, valueAxis } from './words.js';

const ROW = 25;
const TOP = 44;

/** Draws buckets that have names (airports) as rows, in the order of the answer. */
export function drawRows(answer: Answer, width: number): Drawing {
  const { buckets, query, unit } = answer;
  const wide = width >= 560;
  const names = wide ? 216 : 44;
  const height = TOP + buckets.length * ROW + 8;
  const values = buckets.map(({ value }) => value);
  // Room beside the longest bar for its number.
  const scale = createScale(
    valuesToScale(buckets),
    names + (Math.min(...values) < 0 ? 56 : 12),
    width - 72,
    wide ? 7 : 4,
  );
  const zero = scale.at(0);
  const root = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}` });

  root.append(label(0, 14, 'start', valueAxis(unit, query.statistic), 'axis'));
  for (const tick of scale.ticks) {
    const x = scale.at(tick);
    root.append(line(x, TOP - 6, x, height - 6, tick === 0 ? 'zero' : 'grid'));
    root.append(label(x, TOP - 12, 'middle', tick < 0 ? `−${count(-tick)}` : count(tick)));
  }

  const marks = buckets.map((bucket, index): Mark => {
    const y = TOP + index * ROW;
    const end = scale.at(bucket.value);
    const left = bucket.value < 0;
    const length = Math.max(2, Math.abs(end - zero));
    const box = { x: left ? zero - length : zero, y: y + 4, width: length, height: ROW - 8 };
    const element = svg('g', { class: toneOf(bucket, unit), 'data-start': bucket.start });
    element.append(bar(box, left ? 'left' : 'right', 'shape'));
    element.append(label(wide ? 40 : 0, y + 17, 'start', wide ? shorten(bucket.label) : String(bucket.start), 'name'));
    if (wide) element.append(label(0, y + 17, 'start', String(bucket.start), 'code'));
    const text = unit === 'flights' ? count(bucket.value) : amount(bucket.value, unit);
    const [x, anchor] = left ? ([box.x - 6, 'end'] as const) : ([box.x + length + 6, 'start'] as const);
    element.append(label(x, y + 17, anchor, text, 'value'));
    root.append(element);
    return { bucket, element, area: { x: 0, y, width, height: ROW }, tip: { x: box.x + length / 2, y: y + 2 } };
  });
  return { root, marks };
}

function shorten(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
