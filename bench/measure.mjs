// One candidate and one case, in this process alone: prints what was measured as JSON. Started by runner.mjs.
const [benchmark, candidate, name, settings] = process.argv.slice(2);
const { default: definition } = await import(new URL(`benchmarks/${benchmark}.mjs`, import.meta.url).href);
const value = await definition.measure(candidate, name, JSON.parse(settings));
process.stdout.write(`${JSON.stringify(value)}\n`, () => process.exit(0));
