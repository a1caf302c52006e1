import { Group, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconRulerMeasure } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { VitalFinding } from '../../data/chart/vitals';
import { figure, symbol } from '../../language/units';
import classes from './vitals.module.css';
import { gradeText } from './words';

const FLAGS = ['L', 'H', 'LL', 'HH'] as const;
type Code = (typeof FLAGS)[number];

function isFlag(code: string | null): code is Code {
  return FLAGS.some((flag) => flag === code);
}

/** What a value means (HL7 v3 ObservationInterpretation): by word, arrow and colour together. */
export function Flags({ finding }: { readonly finding: VitalFinding }) {
  const { t } = useTranslation();
  const { interpretation: code, likely_unit: likely } = finding;
  return (
    <>
      {isFlag(code) && (
        <span className={classes.flag} data-critical={code.length === 2 || undefined}>
          {code.startsWith('L') ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />}
          {t(`vitals.flag.${code}`)}
        </span>
      )}
      {finding.grade !== null && <span className={classes.grade}>{gradeText(finding.grade, t)}</span>}
      {finding.unusual && (
        <span className={classes.flag}>
          <IconRulerMeasure size={12} aria-hidden />
          {likely === null ? t('vitals.unusual') : t('vitals.likelyUnit', { unit: symbol(likely) })}
        </span>
      )}
    </>
  );
}

/** A value with its unit and flags. */
export function Value({ finding, unit }: { readonly finding: VitalFinding; readonly unit: string }) {
  return (
    <Group gap={4} wrap="wrap">
      <Text span size="sm" className="numeric" fw={isFlag(finding.interpretation) ? 700 : 400}>
        {figure(finding.value, unit)}
      </Text>
      <Flags finding={finding} />
    </Group>
  );
}

/** The range that the server compared with, in the unit that is shown. */
export function range(finding: VitalFinding, unit: string): string {
  const { low, high } = finding;
  if (low !== null && high !== null) return `${figure(low, unit)}–${figure(high, unit)} ${symbol(unit)}`;
  if (low !== null) return `≥ ${figure(low, unit)} ${symbol(unit)}`;
  return high === null ? '' : `≤ ${figure(high, unit)} ${symbol(unit)}`;
}
