import { shown } from '../figures.mjs';
import { escaped, prose } from './html.mjs';
import { table } from './tables.mjs';

/** The table of large data: rows by size, first and later runs. */
export function largeData({ title, about, pandas, results }) {
  const body = results.map(
    ({ who, rows, alone, first, later, failed }) =>
      `<tr><td>${rows.toLocaleString('en')}</td><td>${escaped(who)}</td>${
        failed === undefined
          ? `<td class="figure">${shown(alone, 'ns')}</td><td class="figure">${shown(first, 'ns')}</td><td class="figure">${shown(later, 'ns')}</td>`
          : `<td colspan="3" class="missed">${escaped(failed)}</td>`
      }</tr>`,
  );
  return `<h2>${escaped(title)}</h2><p>${prose(about)}${pandas === undefined ? '' : ` pandas ${escaped(pandas)}.`}</p>${table(['rows', 'with', 'the function alone', 'first call', 'later calls'], body)}`;
}
