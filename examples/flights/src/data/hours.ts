/** The hour of departure, 0 to 23, of a time in decimal hours. */
export function hourOfTime(time: number): number {
  return Math.floor(time);
}

/** The hour of departure, 0 to 23, of a date such as `2001/01/01 00:47`. */
export function hourOfDate(date: string): number {
  return Number(date.slice(11, 13));
}
