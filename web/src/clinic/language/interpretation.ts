/** What a measured value means (HL7 v3 ObservationInterpretation), in the reader's words. */
import type { TFunction } from 'i18next';

export function isFlagged(interpretation: string | null): boolean {
  return interpretation !== null && interpretation !== 'N';
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
