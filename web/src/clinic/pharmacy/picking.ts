/** What somebody picks for the lines of a prescription, before it is sent. */
import type { Sheet, SheetLine } from '../data/pharmacy';

export interface Pick {
  readonly item: string;
  /** Units by the name of the lot. */
  readonly lots: Readonly<Record<string, number>>;
  readonly lotReason: string;
  readonly substitutionReason: string;
}

/** The lots that expire first, as the server proposes them for the first choice that has enough. */
export function proposed(line: SheetLine, item?: string): Pick {
  const choice = line.choices.find((each) => each.item === item) ?? line.choices[0];
  const lots = Object.fromEntries(
    (choice?.lots ?? []).filter(({ quantity }) => quantity > 0).map(({ lot, quantity }) => [lot.lot, quantity]),
  );
  return { item: choice?.item ?? '', lots, lotReason: '', substitutionReason: '' };
}

/** How many units are picked. */
export function total({ lots }: Pick): number {
  return Object.values(lots).reduce((sum, quantity) => sum + quantity, 0);
}

/** Whether what is picked leaves a lot behind that expires earlier: then a reason is asked for. */
export function skips(line: SheetLine, pick: Pick): boolean {
  const choice = line.choices.find((each) => each.item === pick.item);
  let left = total(pick);
  const held = new Map<string, number>();
  const taken = new Map<string, number>();
  for (const { lot } of choice?.lots ?? []) {
    const end = lot.expiry ?? '';
    held.set(end, (held.get(end) ?? 0) + lot.balance);
    taken.set(end, (taken.get(end) ?? 0) + (pick.lots[lot.lot] ?? 0));
  }
  // Lots come in the order of their expiry.
  for (const [end, balance] of held) {
    const first = Math.min(left, balance);
    if (taken.get(end) !== first) return true;
    left -= first;
  }
  return false;
}

export function isSubstitute(line: SheetLine, pick: Pick): boolean {
  return line.choices.some((each) => each.item === pick.item && each.substitute);
}

/** Whether a line as it is picked may be sent. */
export function complete(line: SheetLine, pick: Pick): boolean {
  const units = total(pick);
  if (units === 0) return true;
  if (units > line.remaining) return false;
  if (isSubstitute(line, pick) && pick.substitutionReason.trim() === '') return false;
  return !skips(line, pick) || pick.lotReason.trim() !== '';
}

/** The lines of a request, without those of which nothing is given. */
export function linesOf(sheet: Sheet, picks: Readonly<Record<number, Pick>>) {
  return sheet.lines.flatMap((line) => {
    const pick = picks[line.number];
    if (!pick || total(pick) === 0) return [];
    return [
      {
        line: line.number,
        item: pick.item,
        lots: Object.entries(pick.lots)
          .filter(([, quantity]) => quantity > 0)
          .map(([lot, quantity]) => ({ lot, quantity })),
        lot_reason: pick.lotReason.trim() === '' ? null : pick.lotReason.trim(),
        substitution_reason: pick.substitutionReason.trim() === '' ? null : pick.substitutionReason.trim(),
      },
    ];
  });
}

/** Whether something that is picked is under special control. */
export function isControlled(sheet: Sheet, picks: Readonly<Record<number, Pick>>): boolean {
  return sheet.lines.some((line) => {
    const pick = picks[line.number];
    if (!pick || total(pick) === 0) return false;
    return line.product.controlled || line.choices.some((each) => each.item === pick.item && each.controlled);
  });
}
