/**
 * The server's time. Devices' clocks are set by hand and are wrong by hours where a country gave up
 * summer time, so moments are compared with the `Date` of the server's answers, never with theirs.
 */
const SECOND_MS = 1000;

/** How far the server's clock is ahead of this device's, in milliseconds. */
let ahead = 0;

/** Take over the time of an answer, whose `Date` is cut to the second. */
export function hearTime(answer: Response): void {
  const told = Date.parse(answer.headers.get('Date') ?? '');
  if (Number.isNaN(told)) return;
  const heard = told + SECOND_MS / 2 - Date.now();
  // Within a second nothing is learnt, and what a page counts down must not jump to and fro.
  if (Math.abs(heard - ahead) > SECOND_MS) ahead = heard;
}

/** The present moment in milliseconds, as the server has it. */
export function serverNow(): number {
  return Date.now() + ahead;
}
