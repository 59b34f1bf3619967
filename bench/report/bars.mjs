import { shown } from '../figures.mjs';
import { escaped, kindOf } from './html.mjs';

const ROW = 33;
const AXIS = 20;

/** One case as bars on a logarithmic scale, the least first. Its widths are shares, so it fits any column. */
export function bars(report, name) {
  const results = report.results.filter((result) => result.case === name && result.median !== undefined);
  if (results.length === 0) return '';
  results.sort((one, other) => one.median - other.median);
  const scale = scaleOf(results.map(({ median }) => median));
  const height = results.length * ROW + AXIS;
  const label = `${report.title}: ${name}`;
  return `<figure><figcaption>${escaped(name)}</figcaption>
<svg role="img" aria-label="${escaped(label)}" width="100%" height="${height}">
${gridLines(scale, report.unit, height)}
${results.map((result, index) => bar(result, index, scale, report.unit)).join('\n')}
</svg></figure>`;
}

function bar({ candidate, median, ratio, returns }, index, scale, unit) {
  const top = index * ROW;
  const own = candidate.startsWith('millpond') ? ' own' : '';
  const floor = candidate.startsWith('floor') ? ' floor' : '';
  const share = ratio === undefined ? '' : ` <tspan class="ratio">${shown(ratio, 'x')}</tspan>`;
  const title = `${candidate}: ${shown(median, unit)}${returns === undefined ? '' : `, ${returns}`}`;
  return `<g><title>${escaped(title)}</title>
<text class="name${own}" x="0" y="${top + 14}">${escaped(candidate)}</text>
<text class="value${own}" x="100%" y="${top + 14}">${shown(median, unit)}${share}</text>
<rect class="${kindOf(returns)}${own}${floor}" x="0" y="${top + 19}" height="8" width="${percent(scale.at(median))}" rx="2"/></g>`;
}

function gridLines({ decades, at }, unit, height) {
  return decades
    .map((decade) => {
      const x = percent(at(decade));
      const anchor = at(decade) > 0.9 ? ' text-anchor="end"' : '';
      return `<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height - AXIS}"/>
<text class="tick" x="${x}" y="${height - 5}"${anchor}>${shown(decade, unit).replace(/\.\d+/, '')}</text>`;
    })
    .join('\n');
}

/** From the decade under the least to the most, so that each bar has a length. */
function scaleOf(figures) {
  const low = Math.ceil(Math.log10(Math.min(...figures))) - 1;
  const high = Math.max(Math.log10(Math.max(...figures)), low + 1);
  const decades = [];
  for (let decade = low; decade <= high; decade += 1) decades.push(10 ** decade);
  return { decades: thinned(decades), at: (figure) => Math.max(0.004, (Math.log10(figure) - low) / (high - low)) };
}

/** At most six, so that their names do not touch. */
function thinned(decades) {
  const step = Math.ceil(decades.length / 6);
  return decades.filter((_, index) => index % step === 0);
}

function percent(share) {
  return `${(share * 100).toFixed(2)}%`;
}
