/** How many cases a property test tries: few in CI, all of them by `npm run verify`. */
export function runs(ci: number, full: number): number {
  return process.env['MILLPOND_VERIFY'] === '1' ? full : ci;
}
