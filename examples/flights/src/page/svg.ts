type Attributes = Readonly<Record<string, string | number>>;

/** Makes an SVG element; text is set as text, never as markup. */
export function svg(name: string, attributes: Attributes, ...children: (SVGElement | string)[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  element.append(...children);
  return element;
}

/** A horizontal or vertical line that falls on whole pixels. */
export function line(x1: number, y1: number, x2: number, y2: number, name: string): SVGElement {
  const snap = (value: number): number => Math.round(value) + 0.5;
  const ends = x1 === x2 ? { x1: snap(x1), x2: snap(x1), y1, y2 } : { x1, x2, y1: snap(y1), y2: snap(y1) };
  return svg('line', { ...ends, class: name });
}

/** A piece of text; `anchor` says which end stands at x. */
export function label(
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  text: string,
  name = 'tick',
): SVGElement {
  return svg('text', { x, y, 'text-anchor': anchor, class: name }, text);
}
