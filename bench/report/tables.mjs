import { shown } from '../figures.mjs';
import { escaped, kindOf } from './html.mjs';

/** Every target that was put to the test, the missed ones first, those that are furthest off at the top. */
export function targetsTable(reports) {
  const all = reports.flatMap((report) => report.targets.map((target) => ({ ...target, title: report.title })));
  const rows = all.filter(({ kept }) => kept !== undefined);
  rows.sort((one, other) => Number(one.kept) - Number(other.kept) || other.off - one.off);
  const left = all.length - rows.length;
  const rest = left === 0 ? '' : `<p>${left} more could not be judged, for want of a figure.</p>`;
  return table(['', 'what', 'target', 'here', 'off by'], rows.map(targetRow)) + rest;
}

function targetRow({ area, title, case: of, says, unit, got, kept, off }) {
  const mark = kept ? '<span class="kept">kept</span>' : '<span class="missed">MISSED</span>';
  const what = `<small>${area}</small> ${escaped(title)}: ${escaped(of)}`;
  const figures = [shown(got, unit), kept ? '' : shown(off, 'x')];
  return `<tr><td>${mark}</td><td>${what}</td><td>${escaped(says)}</td>${figures.map((figure) => `<td class="figure">${figure}</td>`).join('')}</tr>`;
}

/** All figures of a benchmark: a row for each candidate, a column for each case. */
export function figuresTable({ results, unit, baseline }) {
  const cases = [...new Set(results.map((result) => result.case))];
  const candidates = [...new Set(results.map((result) => result.candidate))];
  const body = candidates.map((candidate) => {
    const cells = cases.map((name) =>
      cell(
        results.find((result) => result.candidate === candidate && result.case === name),
        unit,
      ),
    );
    return `<tr><th scope="row">${escaped(candidate)}</th>${cells.join('')}</tr>`;
  });
  return `<p>Under each figure, its ratio to ${escaped(baseline)}, and what came of the trial.</p>${table(['', ...cases], body)}`;
}

function cell(result, unit) {
  if (result === undefined) return '<td></td>';
  if (result.failed !== undefined) return `<td class="missed">failed: ${escaped(result.failed)}</td>`;
  const { median, ratio, returns } = result;
  const share = ratio === undefined ? '' : `<br>${shown(ratio, 'x')}`;
  const words = returns === undefined ? '' : `<br><span class="words ${kindOf(returns)}">${escaped(returns)}</span>`;
  return `<td class="figure">${shown(median, unit)}<small>${share}${words}</small></td>`;
}

/** A table that scrolls by itself where it is too wide. */
export function table(heads, rows) {
  const head = heads.map((text) => `<th scope="col">${escaped(text)}</th>`).join('');
  return `<div class="scroll" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}
