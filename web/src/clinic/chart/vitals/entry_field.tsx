import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { TrendPoint } from '../../data/chart/vitals';
import { day } from '../../language/format';
import { figure, symbol, UNITS, type VitalName } from '../../language/units';
import type { Question } from './faults';
import { range } from './flag';
import classes from './vitals.module.css';

interface FieldProps {
  readonly vital: VitalName;
  readonly text: string;
  readonly unit: string;
  readonly known: TrendPoint | undefined;
  readonly fault: string | undefined;
  readonly question: Question | undefined;
  readonly onType: (text: string) => void;
  readonly onUnit: (unit: string) => void;
  /** What the question was answered with: another value in the stored unit, or the one that stands there. */
  readonly onAnswer: (meant: number | undefined) => void;
}

/** One value with its unit, the last one and its range, and what the server asks about it. */
export function VitalField(props: FieldProps) {
  const { vital, text, unit, known, fault, question, onType, onUnit, onAnswer } = props;
  const { t } = useTranslation();
  const label = t(`vitals.name.${vital}`);
  const limits = known ? range(known.finding, unit) : '';
  return (
    <div>
      <TextInput
        label={label}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        error={fault}
        onChange={(event) => onType(event.currentTarget.value)}
        rightSectionWidth={UNITS[vital].length > 1 ? 84 : 64}
        rightSection={
          UNITS[vital].length > 1 ? (
            <NativeSelect
              variant="unstyled"
              size="xs"
              rightSectionWidth={16}
              classNames={{ input: classes.unit ?? '' }}
              aria-label={t('vitals.unitOf', { vital: label })}
              value={unit}
              data={UNITS[vital].map((each) => ({ value: each, label: symbol(each) }))}
              onChange={(event) => onUnit(event.currentTarget.value)}
            />
          ) : (
            <Text size="xs" c="dimmed">
              {symbol(unit)}
            </Text>
          )
        }
      />
      {question && (
        <Group gap="xs" className={classes.question ?? ''}>
          {question.meant !== undefined && (
            <Button size="compact-sm" onClick={() => onAnswer(question.meant)}>
              {t('vitals.doubt.meant', { value: `${figure(question.meant, unit)} ${symbol(unit)}` })}
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={() => onAnswer(undefined)}>
            {t('vitals.doubt.right', { value: `${text.trim()} ${symbol(unit)}` })}
          </Button>
        </Group>
      )}
      {known && (
        <Text size="xs" c="dimmed" className="numeric" mt={3}>
          {t('vitals.last', {
            value: figure(known.finding.value, unit),
            day: day(dayjs(known.measured_at).format('YYYY-MM-DD')),
          })}
          {limits !== '' && ` · ${limits}`}
        </Text>
      )}
    </div>
  );
}
