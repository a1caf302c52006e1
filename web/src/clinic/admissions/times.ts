/** Moments from a first one of the device's clock on (`YYYY-MM-DDTHH:mm`), every so many hours. */
export function timesFrom(first: string, every: number, count: number): string[] {
  const begin = new Date(first).getTime();
  return Array.from({ length: count }, (_, n) => new Date(begin + n * every * 3_600_000).toISOString());
}
