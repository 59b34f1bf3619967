import type { RunningApp } from './listen.js';
import type { DatabaseStatus } from './wire.js';

/** Fits, with what stands beside it, into a terminal of 80 columns. */
const BAR = 24;
/** Where lines cannot be written over (a file, a pipe), progress is told at these steps, in percent. */
const STEP = 25;

/** What the demo says in the terminal. */
export interface Terminal {
  welcome(apps: readonly RunningApp[]): void;
  database(status: DatabaseStatus): void;
  say(line: string): void;
}

/** Writes to a terminal, or to a file or a pipe. */
export function createTerminal(out: NodeJS.WriteStream): Terminal {
  const paint = (code: number, text: string): string =>
    out.isTTY && out.hasColors() ? `\u001B[${code}m${text}\u001B[0m` : text;
  const bold = (text: string): string => paint(1, text);
  const dim = (text: string): string => paint(2, text);
  let told = 0;
  let drawing = false;
  let state: DatabaseStatus['state'] = 'closed';

  function say(line: string): void {
    if (drawing) out.write('\n');
    drawing = false;
    out.write(`${line}\n`);
  }

  function progress({ loaded, total }: DatabaseStatus): void {
    const percent = total === 0 ? 0 : Math.floor((100 * loaded) / total);
    const rows = `${loaded.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} rows`;
    if (out.isTTY) {
      const full = Math.round((BAR * percent) / 100);
      out.write(`\r  Loading flights  ${'█'.repeat(full)}${dim('░'.repeat(BAR - full))}  ${percent} %  ${dim(rows)}`);
      drawing = true;
    } else if (percent >= told) {
      told = percent - (percent % STEP) + STEP;
      say(`  Loading flights: ${percent} %, ${rows}`);
    }
  }

  return {
    say,
    welcome(apps) {
      say(`\n${bold('  Millpond: flight delays, three servers, one cache')}\n`);
      for (const { name, url, taken } of apps) {
        const note = taken.length === 0 ? '' : dim(`   (${portList(taken)} taken: the next free one)`);
        say(`  ${name.padEnd(8)} ${bold(`${url}/`)}${note}`);
      }
      say(`\n${bold('  Three things to try')}
  1. Open one, choose Median: MISS. Ask again: HIT. On another server: HIT.
  2. Press "Forget, then ask 20 times at once": 1 miss + 19 joins, over all three.
  3. Ctrl-C, npm start, ask the same: a HIT from the disk, the database closed.
`);
    },
    database(status) {
      const last = state;
      state = status.state;
      switch (status.state) {
        case 'opening':
          told = 0;
          return;
        case 'loading':
          return progress(status);
        case 'open':
          return say('  Database open.');
        case 'closed':
          // Who let an open one go says so; this one was never open.
          if (last !== 'open') say('  The database was not opened.');
      }
    },
  };
}

function portList(ports: readonly number[]): string {
  return ports.length === 1 ? `port ${ports[0]} is` : `ports ${ports[0]} to ${ports.at(-1)} are`;
}
