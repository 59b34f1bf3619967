/** The element with this id; the page is ours, so a missing or other one is a fault of the page. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} with the id '${id}'.`);
  return found;
}

/** Makes an element with a class and a text. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, name = '', text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name !== '') element.className = name;
  if (text !== '') element.textContent = text;
  return element;
}

/** Makes a row of a table: a heading cell, then numbers. */
export function makeRow(heading: string, cells: readonly string[]): HTMLTableRowElement {
  const row = make('tr');
  const head = make('th', '', heading);
  head.scope = 'row';
  row.append(head, ...cells.map((text) => make('td', '', text)));
  return row;
}
