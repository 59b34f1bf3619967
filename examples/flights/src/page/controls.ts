import type { Airport } from '../wire.js';
import { byId, make } from './dom.js';
import { clock, count } from './words.js';

/** The form of the question. */
export interface Controls {
  /** The question as the search part of an address: the defaults are left out, so that equal questions look equal. */
  read(): URLSearchParams;
  /** Asks for the hours of one airport. */
  choose(airport: string): void;
  /** Fills the list of airports. */
  offer(airports: readonly Airport[]): void;
}

const DEFAULTS: Readonly<Record<string, string>> = {
  question: 'by-hour',
  statistic: 'mean',
  minDistance: '0',
  maxDistance: '5000',
  fromHour: '0',
  toHour: '24',
  origin: '',
};

/** Wires the form, and fills it from the address of the page. */
export function createControls(onChange: () => void): Controls {
  const form = byId('question', HTMLFormElement);
  const field = (name: string): HTMLSelectElement => {
    const found = form.elements.namedItem(name);
    if (!(found instanceof HTMLSelectElement)) throw new Error(`The form has no list '${name}'.`);
    return found;
  };
  const [from, to, origin] = [field('fromHour'), field('toHour'), field('origin')];
  for (let hour = 0; hour < 24; hour += 1) {
    from.append(new Option(clock(hour), String(hour), hour === 0, hour === 0));
    to.append(new Option(clock(hour + 1), String(hour + 1), hour === 23, hour === 23));
  }

  function read(): URLSearchParams {
    const search = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === 'string' && value !== '' && value !== DEFAULTS[name]) search.set(name, value);
    }
    // Airports are compared with each other: one of them is no part of that question.
    if (search.get('question') === 'by-origin') search.delete('origin');
    return search;
  }

  function fill(search: URLSearchParams): void {
    for (const [name, value] of search) {
      const element = form.elements.namedItem(name);
      if (element instanceof RadioNodeList) element.value = value;
      else if (element instanceof HTMLInputElement) element.value = value;
      else if (element instanceof HTMLSelectElement) {
        if (name === 'origin' && value !== '') ensureOption(origin, value);
        element.value = value;
      }
    }
  }

  function changed(): void {
    const search = read();
    origin.disabled = search.get('question') === 'by-origin';
    byId('origin-hint', HTMLElement).textContent = origin.disabled
      ? 'Airports are compared: all of them count.'
      : 'An airport narrows the question to the 20,000 flights that name theirs.';
    history.replaceState(null, '', search.size === 0 ? location.pathname : `?${search.toString()}`);
    onChange();
  }

  fill(new URLSearchParams(location.search));
  // Where there is little room, the answer comes first; what narrows it now must be seen, though.
  byId('filters', HTMLDetailsElement).open = matchMedia('(min-width: 721px)').matches || isNarrowed(read());
  form.addEventListener('change', changed);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    changed();
  });
  // The fields have their new values after the event, not during it.
  form.addEventListener('reset', () => setTimeout(changed));
  setTimeout(changed);

  return {
    read,
    choose(airport) {
      form.reset();
      ensureOption(origin, airport);
      origin.value = airport;
    },
    offer(airports) {
      const chosen = origin.value;
      const all = make('option', '', 'All flights');
      all.value = '';
      origin.replaceChildren(
        all,
        ...airports.map(({ code, city, flights }) => new Option(`${code} · ${city} (${count(flights)})`, code)),
      );
      if (chosen !== '') ensureOption(origin, chosen);
      origin.value = chosen;
    },
  };
}

function isNarrowed(search: URLSearchParams): boolean {
  return [...search.keys()].some((name) => name !== 'question' && name !== 'statistic');
}

function ensureOption(list: HTMLSelectElement, code: string): void {
  if (![...list.options].some(({ value }) => value === code)) list.append(new Option(code, code));
}
