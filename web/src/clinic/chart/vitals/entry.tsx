import { Alert, Button, Checkbox, Collapse, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import dayjs from 'dayjs';
import { useRef, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../../common/problem';
import { uuid7 } from '../../../common/uuid';
import { useSummary } from '../../data/chart/chart';
import {
  latest,
  useRecordVitals,
  useUnits,
  useVitals,
  type TrendPoint,
  type VitalsBody,
  type VitalsSet,
} from '../../data/chart/vitals';
import { MomentField } from '../../kit/date_field';
import { age } from '../../language/age';
import { day } from '../../language/format';
import { explain } from '../../language/refusals';
import { isMoment } from '../../language/typed_date';
import { figure, parseFigure, symbol, UNITS, type VitalName } from '../../language/units';
import { faulted, faultsOf, type Faults } from './faults';
import { range, Value } from './flag';
import classes from './vitals.module.css';

const USUAL: readonly VitalName[] = [
  'systolic',
  'diastolic',
  'pulse',
  'respiration',
  'temperature',
  'oxygen_saturation',
  'weight',
  'height',
];
const MORE: readonly VitalName[] = ['head_circumference', 'waist', 'oxygen_flow', 'oxygen_concentration'];
const METHODS = ['axillary', 'oral', 'tympanic', 'rectal', 'forehead'] as const;
/** Below this age the length is measured lying (WHO). */
const LYING_UNTIL_YEARS = 5;

type Typed = Readonly<Partial<Record<VitalName, string>>>;

interface EntryProps {
  readonly patientId: string;
  /** The encounter that the values belong to. */
  readonly encounterId?: string | undefined;
  readonly onSaved?: (set: VitalsSet) => void;
  readonly onCancel?: () => void;
}

/** One set of vital signs: ranges and last values beside each field, refusals at the field. */
export function VitalsEntry({ patientId, encounterId, onSaved, onCancel }: EntryProps) {
  const { t } = useTranslation();
  const key = useRef(uuid7());
  const [typed, setTyped] = useState<Typed>({});
  const [measuredAt, setMeasuredAt] = useState(now);
  const [method, setMethod] = useState('');
  const [lying, setLying] = useState<boolean>();
  const [faults, setFaults] = useState<Faults>({});
  const [more, { toggle }] = useDisclosure();
  const [unitOf, chooseUnit] = useUnits();
  const sets = useVitals(patientId);
  const born = useSummary(patientId).data?.patient.birth_date;
  const small = born !== undefined && age(born).years < LYING_UNTIL_YEARS;
  const saving = useRecordVitals(patientId);
  const known = latest(sets.data ?? []);

  const save = async () => {
    const body = bodyOf({ typed, measuredAt, method, lying, encounterId, unitOf });
    if ('faulty' in body) {
      setFaults(Object.fromEntries(body.faulty.map((vital) => [vital, t('vitals.notANumber')])));
      return;
    }
    try {
      const made = await saving.mutateAsync({ body, key: key.current });
      setTyped({});
      setMeasuredAt(now());
      setFaults({});
      key.current = uuid7();
      onSaved?.(made);
    } catch (error) {
      if (!(error instanceof Problem)) return; // unknown outcome: the same key makes no second set
      key.current = uuid7();
      setFaults(faultsOf(error, t));
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    event.stopPropagation(); // it may stand within the encounter's own form
    void save();
  };
  const field = (vital: VitalName) => (
    <VitalField
      key={vital}
      vital={vital}
      text={typed[vital] ?? ''}
      unit={unitOf(vital)}
      known={known.get(vital)}
      fault={faults[vital]}
      onType={(text) => {
        setTyped((old) => ({ ...old, [vital]: text }));
        setFaults((old) => ({ ...old, [vital]: undefined }));
      }}
      onUnit={(unit) => chooseUnit(vital, unit)}
    />
  );
  return (
    <form onSubmit={submit} aria-label={t('vitals.record')} noValidate>
      <Stack>
        <div className={classes.fields}>
          <MomentField
            label={t('vitals.measuredAt')}
            value={measuredAt}
            error={faults.measured_at}
            onChange={setMeasuredAt}
          />
          {USUAL.map(field)}
        </div>
        <Button variant="subtle" size="compact-sm" w="fit-content" aria-expanded={more} onClick={toggle}>
          {t(more ? 'vitals.fewer' : 'vitals.more')}
        </Button>
        <Collapse expanded={more}>
          <div className={classes.fields}>
            {MORE.map(field)}
            <NativeSelect
              label={t('vitals.method.label')}
              value={method}
              data={[
                { value: '', label: '—' },
                ...METHODS.map((each) => ({ value: each, label: t(`vitals.method.${each}`) })),
              ]}
              onChange={(event) => setMethod(event.currentTarget.value)}
            />
          </div>
        </Collapse>
        {small && (
          <Checkbox
            label={t('vitals.lying')}
            checked={lying ?? false}
            onChange={(event) => setLying(event.currentTarget.checked)}
          />
        )}
        <div role="alert">
          {saving.isError && (
            <Alert color="red">{faulted(faults) ? t('vitals.refused.title') : explain(saving.error, t)}</Alert>
          )}
        </div>
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          <Button
            type="submit"
            loading={saving.isPending}
            disabled={Object.values(typed).every((text) => text.trim() === '')}
          >
            {t('vitals.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FieldProps {
  readonly vital: VitalName;
  readonly text: string;
  readonly unit: string;
  readonly known: TrendPoint | undefined;
  readonly fault: string | undefined;
  readonly onType: (text: string) => void;
  readonly onUnit: (unit: string) => void;
}

function VitalField({ vital, text, unit, known, fault, onType, onUnit }: FieldProps) {
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
        rightSectionWidth={UNITS[vital].length > 1 ? 76 : 64}
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

/** What a set just recorded means, read out when it appears. */
export function Findings({ set }: { readonly set: VitalsSet }) {
  const { t } = useTranslation();
  const [unitOf] = useUnits();
  return (
    <Alert color="lake" variant="light" title={t('vitals.saved')} role="status">
      <Group gap="lg">
        {set.findings.map((finding) => (
          <div key={finding.vital}>
            <Text size="xs" c="dimmed">
              {t(`vitals.name.${finding.vital}`)}, {symbol(unitOf(finding.vital))}
            </Text>
            <Value finding={finding} unit={unitOf(finding.vital)} />
          </div>
        ))}
      </Group>
    </Alert>
  );
}

interface Filled {
  readonly typed: Typed;
  readonly measuredAt: string;
  readonly method: string;
  readonly lying: boolean | undefined;
  readonly encounterId: string | undefined;
  readonly unitOf: (vital: VitalName) => string;
}

/** The request, or which fields hold no number. */
export function bodyOf(filled: Filled): VitalsBody | { readonly faulty: readonly (VitalName | 'measured_at')[] } {
  const given = (Object.entries(filled.typed) as [VitalName, string][]).filter(([, text]) => text.trim() !== '');
  const faulty: (VitalName | 'measured_at')[] = given
    .filter(([, text]) => parseFigure(text) === undefined)
    .map(([vital]) => vital);
  if (!isMoment(filled.measuredAt)) faulty.push('measured_at');
  if (faulty.length > 0) return { faulty };
  return {
    measured_at: dayjs(filled.measuredAt).toISOString(),
    values: Object.fromEntries(
      given.map(([vital, text]) => [vital, { value: parseFigure(text) ?? 0, unit: filled.unitOf(vital) }]),
    ),
    ...(filled.lying !== undefined && { lying: filled.lying }),
    ...(filled.method !== '' && filled.typed.temperature !== undefined && { temperature_method: filled.method }),
    ...(filled.encounterId !== undefined && { encounter: filled.encounterId }),
  };
}

function now(): string {
  return dayjs().format('YYYY-MM-DDTHH:mm');
}
