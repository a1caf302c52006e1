import { Group, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { VitalsSet } from '../../data/chart/vitals';
import { Flag } from '../../kit/flag';
import { plain } from '../../language/units';
import { bandText, basisText, nutritionText, partText } from './words';

const ACUTE: readonly string[] = ['severe-acute-malnutrition', 'moderate-acute-malnutrition'];

/** What is said of a whole set: scores, nutrition, what could not be taken, and where it was measured. */
export function Meaning({ set }: { readonly set: VitalsSet }) {
  const { t } = useTranslation();
  const facts = factsOf(set, t);
  const alarms = alarmsOf(set, t);
  if (facts.length === 0 && alarms.length === 0) return null;
  return (
    <div>
      {alarms.length > 0 && (
        <Group gap="xs" mt={4}>
          {alarms.map((text) => (
            <Flag key={text} kind="danger">
              {text}
            </Flag>
          ))}
        </Group>
      )}
      {facts.length > 0 && (
        <Text size="sm" c="dimmed" mt={4}>
          {facts.join(' · ')}
        </Text>
      )}
    </div>
  );
}

/** What asks somebody to act. */
export function alarmsOf(set: VitalsSet, t: TFunction): readonly string[] {
  const found: string[] = [];
  for (const { code, basis } of set.nutrition) {
    if (ACUTE.includes(code))
      found.push(`${nutritionText(code, t)} (${basis.map((by) => basisText(by, t)).join(', ')})`);
  }
  for (const { value, band } of set.scores) {
    if (value !== null && band !== 'low') found.push(sum(value, band, t));
  }
  if (set.consciousness !== null && set.consciousness !== 'alert')
    found.push(t(`vitals.consciousness.${set.consciousness}`));
  for (const absent of set.not_measured) if (absent.reason === 'undetectable') found.push(absentText(absent, t));
  return found;
}

/** What else belongs to the set. */
export function factsOf(set: VitalsSet, t: TFunction): readonly string[] {
  const found: string[] = [];
  for (const { value, band, missing } of set.scores) {
    if (value === null)
      found.push(t('vitals.news2.missing', { parts: missing.map((part) => partText(part, t)).join(', ') }));
    else if (band === 'low') found.push(sum(value, band, t));
  }
  for (const { code } of set.nutrition) if (!ACUTE.includes(code)) found.push(nutritionText(code, t));
  if (set.oedema !== null && set.oedema !== 'none') found.push(t(`vitals.oedema.${set.oedema}`));
  for (const absent of set.not_measured) if (absent.reason !== 'undetectable') found.push(absentText(absent, t));
  if (set.gestation_days !== null) found.push(gestation(set.gestation_days, t));
  if (set.altitude_m !== null) found.push(t('vitals.altitudeAt', { metres: plain(set.altitude_m) }));
  return found;
}

function sum(value: number, band: string | null, t: TFunction): string {
  return t('vitals.news2.sum', { value, band: bandText(band ?? '', t) });
}

function absentText({ vital, reason }: VitalsSet['not_measured'][number], t: TFunction): string {
  return t('vitals.absent.line', { vital: t(`vitals.name.${vital}`), reason: t(`vitals.absent.${reason}`) });
}

/** `31 semanas y 4 días de embarazo`. */
export function gestation(days: number, t: TFunction): string {
  return t('vitals.pregnancy.at', { weeks: Math.floor(days / 7), days: days % 7 });
}
