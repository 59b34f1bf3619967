import { bars } from './bars.mjs';
import { escaped, prose } from './html.mjs';
import { largeData } from './large-data.mjs';
import { lines } from './lines.mjs';
import { style } from './style.mjs';
import { figuresTable, targetsTable } from './tables.mjs';

/** The whole page, of the reports of all benchmarks: it needs nothing else, no script, no file. */
export function page(reports) {
  const measured = reports.filter((report) => report.benchmark !== 'large-data');
  const large = reports.find((report) => report.benchmark === 'large-data');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millpond beside its peers</title>
<style>${style}</style>
</head>
<body>
<h1>Millpond beside its peers</h1>
${summary(measured)}
${environments(reports)}
<h2>How to read it</h2>
<p>Each figure is taken in a process of its own, in rounds of shuffled order; the median counts. Times are CPU time of the main
thread. Bars are logarithmic: a bar that is one line longer is ten times slower. Beside each figure is its ratio to the
baseline of its benchmark: ratios of one run say something, an absolute time says little beyond its machine.</p>
<p>The colour says what was handed out, which was tried in the same process:</p>
<ul class="legend"><li><i class="good"></i>faithful, and the caller's own</li><li><i class="faulty"></i>loses something, or leaks to other callers</li>
<li><i class="shared"></i>one object for everybody</li><li><i class="plain"></i>nothing to hand out</li><li><i class="floor"></i>outlined: a floor, by hand</li></ul>
<h2>What is aimed at</h2>
${targetsTable(measured)}
${measured.map(section).join('\n')}
${large === undefined ? '' : largeData(large)}
</body>
</html>
`;
}

function summary(reports) {
  const judged = reports.flatMap((report) => report.targets).filter(({ kept }) => kept !== undefined);
  const kept = judged.filter((target) => target.kept).length;
  const quick = reports.some((report) => report.quick)
    ? ' This was a quick run: some cases only, and figures that are less sure.'
    : '';
  return `<p>${kept} of ${judged.length} targets kept.${quick}</p>`;
}

/** Where the figures are from; when they are not all from one run, which are from where. */
function environments(reports) {
  const groups = new Map();
  for (const { environment, title } of reports) {
    const text = JSON.stringify(environment);
    groups.set(text, [...(groups.get(text) ?? []), title]);
  }
  return [...groups]
    .map(([text, titles]) => {
      const facts = Object.entries(JSON.parse(text)).map(
        ([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`,
      );
      const of = groups.size > 1 ? `<dt>of</dt><dd>${escaped(titles.join('; '))}</dd>` : '';
      return `<dl>${of}${facts.join('')}</dl>`;
    })
    .join('');
}

function section(report) {
  const cases = [...new Set(report.results.map((result) => result.case))];
  const charts = report.lines === undefined ? barCharts(report, cases) : lineCharts(report);
  return `<h2>${escaped(report.title)}</h2>
<p>${prose(report.about)}</p>
${charts}
<details><summary>All figures as a table</summary>${figuresTable(report)}</details>`;
}

/** What a target is about comes first; there may be many more. */
function barCharts(report, cases) {
  const first = new Set(report.targets.map((target) => target.case));
  const shown = cases.filter((name) => first.size === 0 || first.has(name));
  const others = cases.filter((name) => !shown.includes(name));
  const more = `<details><summary>${others.length} more</summary>${grid(others.map((name) => bars(report, name)))}</details>`;
  return grid(shown.map((name) => bars(report, name))) + (others.length === 0 ? '' : more);
}

function lineCharts(report) {
  return grid(
    report.lines.map((group) => lines(report, group)),
    'charts lines',
  );
}

function grid(charts, kind = 'charts') {
  return `<div class="${kind}">${charts.join('\n')}</div>`;
}
