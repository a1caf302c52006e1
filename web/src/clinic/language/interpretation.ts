/** What a measured value means (HL7 v3 ObservationInterpretation), in the reader's words. */
import type { TFunction } from 'i18next';

export function isFlagged(interpretation: string | null): boolean {
  return interpretation !== null && interpretation !== 'N';
}

interface Read {
  readonly interpretation: string | null;
}

/** What is to be said of a value, or of the two pressures, each once. */
export function flagsOf(first: Read, second?: Read): readonly string[] {
  const codes = [first.interpretation, second?.interpretation ?? null];
  return [...new Set(codes.filter((code) => code !== null && isFlagged(code)))] as string[];
}

export function flagOf(interpretation: string | null, t: TFunction): string {
  switch (interpretation) {
    case 'L':
      return t('chart.low');
    case 'H':
      return t('chart.high');
    case 'LL':
      return t('chart.criticallyLow');
    case 'HH':
      return t('chart.criticallyHigh');
    default:
      return interpretation ?? '';
  }
}
