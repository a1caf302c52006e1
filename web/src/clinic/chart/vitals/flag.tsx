import { Badge, Group, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconRulerMeasure } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { VitalFinding } from './data';
import { figure, symbol } from './units';

type Code = 'L' | 'H' | 'LL' | 'HH';
const COLOURS: Readonly<Record<Code, string>> = { L: 'yellow', H: 'yellow', LL: 'red', HH: 'red' };

function isFlag(code: string | null): code is Code {
  return code !== null && code in COLOURS;
}

/** What a value means (HL7 v3 ObservationInterpretation): by word, arrow and colour together. */
export function Flag({ finding }: { readonly finding: VitalFinding }) {
  const { t } = useTranslation();
  const { interpretation: code, likely_unit: likely } = finding;
  return (
    <>
      {isFlag(code) && (
        <Badge
          size="sm"
          radius="sm"
          variant={code.length === 2 ? 'filled' : 'light'}
          color={COLOURS[code]}
          leftSection={code.startsWith('L') ? <IconArrowDown size={11} aria-hidden /> : <IconArrowUp size={11} aria-hidden />}
        >
          {t(`vitals.flag.${code}`)}
        </Badge>
      )}
      {finding.unusual && (
        <Badge size="sm" radius="sm" variant="outline" color="yellow" leftSection={<IconRulerMeasure size={11} aria-hidden />}>
          {likely === null ? t('vitals.unusual') : t('vitals.likelyUnit', { unit: symbol(likely) })}
        </Badge>
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
      <Flag finding={finding} />
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
