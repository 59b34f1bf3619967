import { parseArgs } from 'node:util';

/** What the command line says. */
export interface Settings {
  /** The wished ports of Fastify, Express and Nest; 0 for any. */
  readonly ports: readonly [number, number, number];
}

const DEFAULT_PORTS = '4300,4310,4320';

/** How the demo is called. */
export const USAGE: string = `Usage: npm start -- [--ports FASTIFY,EXPRESS,NEST]

  --ports   three ports on this machine, 0 for any free one (default ${DEFAULT_PORTS});
            where one is taken, the next free one is used

What was computed, and the database, are kept in .millpond/ of the working folder.`;

/** Reads the command line; undefined asks for help. */
export function readSettings(args: readonly string[]): Settings | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: { ports: { type: 'string', default: DEFAULT_PORTS }, help: { type: 'boolean', short: 'h' } },
  });
  return values.help === true ? undefined : { ports: parsePorts(values.ports) };
}

function parsePorts(text: string): [number, number, number] {
  const [first, second, third, ...more] = text.split(',').map((part) => (/^\d+$/u.test(part) ? Number(part) : -1));
  if (isPort(first) && isPort(second) && isPort(third) && more.length === 0) return [first, second, third];
  throw new Error(`--ports takes three ports from 0 to 65535, such as ${DEFAULT_PORTS}, not '${text}'.`);
}

function isPort(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value <= 65_535;
}
