import { shown } from '../figures.mjs';

/*
 * The tables of docs/performance.md, as Prettier formats them, so that a page that was written anew is a page that is formatted.
 */

/** By the name of a table: its benchmark, its cases, and how those are called there. */
const tables = {
  'hits-async': {
    'small object, a string': 'small object',
    'small object, an object': 'by an object',
    '100 rows, a string': '100 rows',
    '18 KB document, a string': '18 KB document',
    '10,000 rows, a string': '10,000 rows',
    '1 MB Buffer, a string': '1 MB Buffer',
  },
  'hits-sync': {
    'small object, a string': 'small object',
    'small object, an object': 'by an object',
    '100 rows, a string': '100 rows',
    '18 KB document, a string': '18 KB document',
  },
  keys: {},
  copies: {},
  'codec-decode': {},
  'codec-size': {},
  'store-hits': {},
  stampede: {},
  memory: {},
};

/** The text of the page with each table between `<!-- name -->` and `<!-- end -->` made of these reports. */
export function filledIn(text, reports) {
  return text.replace(/<!-- ([\w-]+) -->\n[^]*?<!-- end -->/g, (whole, name) => {
    const report = reports.find(({ benchmark }) => benchmark === name);
    const lines = contents(name, report, reports);
    return lines === undefined ? whole : `<!-- ${name} -->\n\n${lines.join('\n')}\n\n<!-- end -->`;
  });
}

function contents(name, report, reports) {
  if (name === 'targets') return targetLines(reports);
  if (name === 'environment') return environmentLines(reports);
  if (report === undefined) return undefined;
  if (name === 'large-data') return largeDataLines(report);
  return tables[name] === undefined ? undefined : figureLines(report, tables[name]);
}

function figureLines(report, names) {
  const all = [...new Set(report.results.map((result) => result.case))];
  const cases = Object.keys(names).length === 0 ? all : Object.keys(names).filter((name) => all.includes(name));
  const candidates = [...new Set(report.results.map(({ candidate }) => candidate))];
  const find = (candidate, name) => report.results.find((one) => one.candidate === candidate && one.case === name);
  const rows = candidates.map((candidate) => {
    const returns = [...new Set(cases.map((name) => find(candidate, name)?.returns))].filter(
      (words) => words !== undefined,
    );
    const figures = cases.map((name) => shown(find(candidate, name)?.median, report.unit));
    return [bold(candidate), ...figures, returns.join('; ')];
  });
  const words = rows.some((row) => row.at(-1) !== '');
  const heads = ['', ...cases.map((name) => names[name] ?? name), ...(words ? ['what comes back'] : [])];
  const kept = words ? rows : rows.map((row) => row.slice(0, -1));
  return tableLines(heads, kept, (column) => column > 0 && column <= cases.length);
}

function bold(candidate) {
  return candidate === 'millpond' ? '**millpond**' : candidate;
}

function targetLines(reports) {
  const judged = reports.flatMap((report) =>
    (report.targets ?? []).map((target) => ({ ...target, title: report.title })),
  );
  const missed = judged.filter(({ kept }) => kept === false).sort((one, other) => other.off - one.off);
  const count = judged.filter(({ kept }) => kept === true).length;
  const rows = missed.map(({ area, title, case: of, says, unit, got, off }) => [
    area,
    `${title}: ${of}`,
    says,
    shown(got, unit),
    shown(off, 'x'),
  ]);
  const head = [
    `${count} of ${count + missed.length} targets are kept.${missed.length === 0 ? '' : ' These are not:'}`,
  ];
  if (missed.length === 0) return head;
  return [...head, '', ...tableLines(['area', 'what', 'target', 'here', 'off by'], rows, (column) => column > 2)];
}

function environmentLines([report]) {
  if (report === undefined) return undefined;
  const { date, node, machine } = report.environment;
  const sure = report.quick === true ? ' A quick run, of some of the cases: its figures are less sure.' : '';
  return [`The figures below: ${date}, Node ${node}, ${machine}.${sure}`];
}

function largeDataLines({ results }) {
  const rows = results.map(({ rows: count, who, alone, first, later, failed }) => [
    count.toLocaleString('en'),
    who,
    ...(failed === undefined ? [alone, first, later].map((figure) => shown(figure, 'ns')) : [failed, '-', '-']),
  ]);
  return tableLines(
    ['rows', 'with', 'the function alone', 'first call', 'later calls'],
    rows,
    (column) => column !== 1,
  );
}

function tableLines(heads, rows, isRight) {
  const widths = heads.map((head, column) => Math.max(3, head.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    `| ${cells.map((cell, column) => (isRight(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join(' | ')} |`;
  const rule = widths.map((width, column) => (isRight(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(heads), line(rule), ...rows.map(line)];
}
