/** A figure with its unit, in three digits: `14.7 ns`, `3.8 us`, `250 B`, `1.3x`. */
export function shown(figure, unit) {
  if (figure === undefined) return '-';
  if (unit === 'x') return `${digits(figure)}x`;
  const steps = unit === 'B' ? BYTES : TIMES;
  const step = steps.findLast(([from]) => Math.abs(figure) >= from) ?? steps[0];
  return `${digits(figure / step[0])} ${step[1]}`;
}

const TIMES = [
  [1, 'ns'],
  [1e3, 'us'],
  [1e6, 'ms'],
  [1e9, 's'],
];

const BYTES = [
  [1, 'B'],
  [1e3, 'KB'],
  [1e6, 'MB'],
];

function digits(figure) {
  const size = Math.abs(figure);
  if (size >= 100) return figure.toFixed(0);
  return size >= 10 ? figure.toFixed(1) : figure.toFixed(2);
}
