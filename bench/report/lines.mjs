import { shown } from '../figures.mjs';
import { escaped } from './html.mjs';

const HEIGHT = 220;
const BOTTOM = 24;
/** Where the levels are written; style.mjs leaves as much. */
const LEFT = 48;

/** Cases of growing size as one line for each candidate, both scales logarithmic. */
export function lines(report, { title, cases }) {
  const series = seriesOf(report, cases);
  if (series.length === 0) return '';
  const scale = scaleOf(series);
  return `<figure class="wide"><figcaption>${escaped(title)}</figcaption>
<div class="plot"><svg role="img" aria-label="${escaped(`${report.title}: ${title}`)}" width="100%" height="${HEIGHT + BOTTOM}">
${scale.decades.map((decade) => level(scale, decade, report.unit)).join('\n')}
<svg height="${HEIGHT}" viewBox="0 0 100 100" preserveAspectRatio="none">
${series.map(({ index, points }) => line(index, points, scale)).join('\n')}
</svg>
${scale.sizes.map((size) => tick(scale, size)).join('\n')}
</svg></div>
<ul class="legend">${series.map((one) => legend(one, report.unit)).join('')}</ul></figure>`;
}

/** Where a case has no number, it is the first. */
function seriesOf(report, cases) {
  const candidates = [...new Set(report.results.map(({ candidate }) => candidate))];
  return candidates
    .map((candidate, index) => {
      const points = cases.flatMap((name) => {
        const found = report.results.find((result) => result.candidate === candidate && result.case === name);
        return found?.median === undefined ? [] : [{ size: sizeOf(name), figure: found.median }];
      });
      return { candidate, index, points };
    })
    .filter(({ points }) => points.length > 0);
}

function sizeOf(name) {
  return Number(/[\d,]+/.exec(name)[0].replaceAll(',', ''));
}

function scaleOf(series) {
  const points = series.flatMap((one) => one.points);
  const sizes = [...new Set(points.map(({ size }) => size))].sort((one, other) => one - other);
  const figures = points.map(({ figure }) => Math.log10(figure));
  const [low, high] = [Math.floor(Math.min(...figures)), Math.ceil(Math.max(...figures))];
  const decades = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const last = Math.log10(sizes.at(-1)) || 1;
  return {
    sizes,
    decades,
    x: (size) => (Math.log10(size) / last) * 100,
    y: (figure) => 100 - ((Math.log10(figure) - low) / Math.max(1, high - low)) * 100,
  };
}

function line(index, points, { x, y }) {
  const path = points.map(({ size, figure }) => `${x(size).toFixed(2)},${y(figure).toFixed(2)}`).join(' ');
  return `<polyline class="line s${index}" points="${path}"/>`;
}

function level({ y }, decade, unit) {
  const at = (y(decade) / 100) * HEIGHT;
  return `<line class="grid" x1="0" x2="100%" y1="${at}" y2="${at}"/>
<text class="tick" x="-${LEFT}" y="${Math.max(9, at + 4)}">${shown(decade, unit).replace(/\.\d+/, '')}</text>`;
}

function tick({ x, sizes }, size) {
  const anchor = size === sizes[0] ? 'start' : size === sizes.at(-1) ? 'end' : 'middle';
  return `<text class="tick" x="${x(size)}%" y="${HEIGHT + 16}" text-anchor="${anchor}">${size.toLocaleString('en')}</text>`;
}

function legend({ candidate, index, points }, unit) {
  const own = candidate === 'millpond' ? ' class="own"' : '';
  const range = [...new Set([points[0], points.at(-1)])].map(({ figure }) => shown(figure, unit)).join(' to ');
  return `<li${own}><svg width="26" height="10"><line class="line s${index}" x1="0" x2="26" y1="5" y2="5"/></svg> ${escaped(candidate)}, ${range}</li>`;
}
