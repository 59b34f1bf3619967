import type { ClearReply } from '../wire.js';
import { createChart } from './chart.js';
import { createControls } from './controls.js';
import { byId, make } from './dom.js';
import { createOutcomePanel } from './outcome.js';
import * as server from './server.js';
import { logAnswer, showNumbers, showStats } from './tables.js';
import { filtersOf, plural, titleOf } from './words.js';

/** How often the table of functions is read while the page is looked at, in milliseconds. */
const STATS_EVERY = 2_000;

const panel = createOutcomePanel();
const controls = createControls(() => void ask());
const chart = createChart({
  figure: byId('chart', HTMLElement),
  plot: byId('plot', HTMLElement),
  tooltip: byId('tooltip', HTMLElement),
  legend: byId('legend', HTMLElement),
  spoken: byId('reading', HTMLElement),
  onChoose: ({ start }, { question }) => {
    if (question === 'byOrigin') controls.choose(String(start));
  },
});
let asking = new AbortController();

async function ask(): Promise<void> {
  // Only the newest question matters; the server finishes the older one and keeps its answer.
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  linkServers();
  panel.wait();
  try {
    const reply = await server.ask(controls.read(), signal);
    if (!signal.aborted) show(reply);
  } catch (error) {
    if (!signal.aborted) fail(error);
  }
  await refreshStats();
}

function show(reply: server.Asked): void {
  const { answer } = reply;
  const { question, query, flights, source } = answer;
  byId('title', HTMLElement).textContent = titleOf(question, query.statistic);
  const filters = filtersOf(query);
  byId('subtitle', HTMLElement).textContent =
    `${reply.counted} ${flights === 1 ? 'flight' : 'flights'}${filters === '' ? '' : ` ${filters}`} · ${source}`;
  panel.show(reply);
  chart.draw(answer);
  showNumbers(answer);
  logAnswer(reply);
  const { asked, hits } = reply.visitor;
  byId('visitor', HTMLElement).textContent = `You have asked ${plural(asked, 'time')}: ${plural(hits, 'hit')}.`;
}

function fail(error: unknown): void {
  if (!(error instanceof server.ServerProblem)) throw error;
  panel.fail(error.message);
}

async function askTwentyTimes(): Promise<void> {
  panel.wait();
  try {
    await server.clearCall(controls.read());
    const reply = await server.askTwentyTimes(controls.read());
    // Shows the answer that the twenty got; a hit, since it is kept now.
    await ask();
    panel.showBurst(reply);
  } catch (error) {
    fail(error);
  }
}

async function clear(drop: (search: URLSearchParams) => Promise<ClearReply>, message: string): Promise<void> {
  try {
    await drop(controls.read());
    panel.say(message);
  } catch (error) {
    fail(error);
  }
  await refreshStats();
}

async function refreshStats(): Promise<void> {
  try {
    showStats(await server.readStats());
  } catch (error) {
    // The next question says it where it is seen; a table that stands still needs no words.
    if (!(error instanceof server.ServerProblem)) throw error;
  }
}

/** The other servers get the same question: they share the cache, so their answer is a hit. */
function linkServers(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('#servers a')) {
    link.href = new URL(location.search, `${link.origin}/`).href;
  }
}

async function showServers(): Promise<void> {
  const links = (await server.readServers()).map(({ name, url }) => {
    const item = make('li');
    const link = make('a', '', name);
    link.href = url;
    if (new URL(url).origin === location.origin) link.setAttribute('aria-current', 'page');
    item.append(link);
    return item;
  });
  byId('servers', HTMLElement).replaceChildren(...links);
  linkServers();
}

async function showAirports(): Promise<void> {
  controls.offer(await server.readAirports());
}

/** A button does one thing at a time: it is disabled while it works. */
function onClick(id: string, act: () => Promise<void>): void {
  const button = byId(id, HTMLButtonElement);
  button.addEventListener('click', () => {
    if (button.hasAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    void act().finally(() => button.removeAttribute('aria-disabled'));
  });
}

onClick('ask', ask);
onClick('twenty', askTwentyTimes);
onClick('clear-call', () => clear(server.clearCall, 'This call is forgotten. Ask again: a miss.'));
onClick('clear-function', () => clear(server.clearFunction, 'Every call of this function is forgotten.'));
onClick('clear-everything', () => clear(server.clearEverything, 'All functions are forgotten, in memory and on disk.'));
setInterval(() => {
  if (!document.hidden) void refreshStats();
}, STATS_EVERY);
showServers().catch(fail);
showAirports().catch(fail);
