import type { Answer, Bucket } from '../wire.js';
import { drawColumns } from './columns.js';
import { FEW_FLIGHTS, type Drawing, type Mark } from './marks.js';
import { drawRows } from './rows.js';
import { amount, plural, reading, titleOf } from './words.js';

/** The parts of the page that the chart lives in. */
export interface ChartParts {
  readonly figure: HTMLElement;
  readonly plot: HTMLElement;
  readonly tooltip: HTMLElement;
  readonly legend: HTMLElement;
  /** Says the bar that the arrow keys are at. */
  readonly spoken: HTMLElement;
  /** A bar was clicked, or Enter was pressed on it. */
  readonly onChoose: (bucket: Bucket, answer: Answer) => void;
}

/** A chart that redraws itself when its place changes size. */
export interface Chart {
  draw(answer: Answer): void;
}

/** Makes the chart. */
export function createChart(parts: ChartParts): Chart {
  const { figure, plot, tooltip, legend, spoken, onChoose } = parts;
  let answer: Answer | undefined;
  let drawing: Drawing | undefined;
  let active: number | undefined;
  let drawnWidth = 0;

  function render(moving: boolean): void {
    if (answer === undefined) return;
    drawnWidth = plot.clientWidth;
    drawing = answer.question === 'byOrigin' ? drawRows(answer, drawnWidth) : drawColumns(answer, drawnWidth);
    drawing.root.setAttribute('role', 'img');
    drawing.root.setAttribute('aria-label', summary(answer));
    drawing.root.classList.toggle('moving', moving);
    plot.replaceChildren(drawing.root);
    activate(undefined);
  }

  function activate(index: number | undefined): void {
    const mark = index === undefined ? undefined : drawing?.marks[index];
    for (const { element } of drawing?.marks ?? []) element.classList.toggle('active', element === mark?.element);
    active = mark === undefined ? undefined : index;
    tooltip.hidden = mark === undefined;
    if (mark !== undefined && answer !== undefined) showTooltip(mark, answer);
  }

  function showTooltip({ bucket, tip }: Mark, { unit }: Answer): void {
    const title = document.createElement('strong');
    title.textContent = bucket.label;
    const value = document.createElement('span');
    value.textContent = amount(bucket.value, unit);
    tooltip.replaceChildren(title, value);
    if (unit === 'minutes') {
      const flights = document.createElement('small');
      flights.textContent = `${plural(bucket.flights, 'flight')}${bucket.flights < FEW_FLIGHTS ? ': too few to mean much' : ''}`;
      tooltip.append(flights);
    }
    const half = tooltip.offsetWidth / 2;
    const x = Math.min(Math.max(tip.x, half), Math.max(half, plot.clientWidth - half));
    tooltip.style.left = `${x + plot.offsetLeft}px`;
    tooltip.style.top = `${tip.y + plot.offsetTop}px`;
  }

  function markAt(event: PointerEvent): number | undefined {
    const { left, top } = plot.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const index = drawing?.marks.findIndex(
      ({ area }) => x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height,
    );
    return index === undefined || index < 0 ? undefined : index;
  }

  function choose(): void {
    const mark = active === undefined ? undefined : drawing?.marks[active];
    if (mark !== undefined && answer !== undefined) onChoose(mark.bucket, answer);
  }

  function onKey(event: KeyboardEvent): void {
    const last = (drawing?.marks.length ?? 0) - 1;
    if (last < 0 || answer === undefined) return;
    const next = moveBy(event.key, active, last);
    if (next !== undefined) {
      event.preventDefault();
      activate(next);
      const mark = drawing?.marks[next];
      if (mark !== undefined) spoken.textContent = reading(mark.bucket, answer.unit);
    } else if (event.key === 'Escape') activate(undefined);
    else if (event.key === 'Enter') choose();
  }

  plot.addEventListener('pointermove', (event) => activate(markAt(event)));
  plot.addEventListener('pointerleave', () => activate(undefined));
  plot.addEventListener('click', choose);
  figure.addEventListener('keydown', onKey);
  figure.addEventListener('blur', () => activate(undefined));
  new ResizeObserver(() => {
    if (plot.clientWidth !== drawnWidth) render(false);
  }).observe(plot);

  return {
    draw(next) {
      answer = next;
      render(true);
      legend.replaceChildren(...legendOf(next));
    },
  };
}

function moveBy(key: string, active: number | undefined, last: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return active === undefined ? 0 : Math.min(last, active + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return active === undefined ? last : Math.max(0, active - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

function summary({ question, query, buckets, unit }: Answer): string {
  const sorted = buckets.toSorted((a, b) => b.value - a.value);
  const [most, least] = [sorted.at(0), sorted.at(-1)];
  const title = titleOf(question, query.statistic);
  if (most === undefined || least === undefined) return `${title}: no flights match.`;
  return `${title}, a bar chart. Highest: ${reading(most, unit)}. Lowest: ${reading(least, unit)}.`;
}

function legendOf({ buckets, unit, question }: Answer): HTMLElement[] {
  if (buckets.length === 0) return [note('No flights match. Widen the distance or the hours.')];
  const some = (test: (bucket: Bucket) => boolean): boolean => unit === 'minutes' && buckets.some(test);
  return [
    ...(some(({ value }) => value > 0) ? [swatch('late', 'late')] : []),
    ...(some(({ value }) => value < 0) ? [swatch('early', 'early')] : []),
    ...(some(({ flights }) => flights < FEW_FLIGHTS) ? [swatch('few', `fewer than ${FEW_FLIGHTS} flights`)] : []),
    ...(question === 'byOrigin' ? [note('The 20 busiest airports. Choose one to see its hours.')] : []),
  ];
}

function swatch(tone: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = `swatch ${tone}`;
  element.textContent = text;
  return element;
}

function note(text: string): HTMLElement {
  const element = document.createElement('span');
  element.textContent = text;
  return element;
}
