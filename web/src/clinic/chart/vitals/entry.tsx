import { Alert, Button, Collapse, Group, Stack, Text } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { useRef, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../../common/problem';
import { uuid7 } from '../../../common/uuid';
import { useSites } from '../../data/agenda';
import { useSummary } from '../../data/chart/chart';
import {
  latest,
  useCircumstances,
  useRecordVitals,
  useUnits,
  useVitals,
  type VitalsSet,
} from '../../data/chart/vitals';
import { MomentField } from '../../kit/date_field';
import { age } from '../../language/age';
import { explain } from '../../language/refusals';
import { numberFault } from '../../language/typed_number';
import { symbol, type VitalName } from '../../language/units';
import { bodyOf, filledOf, isEmpty, typedOf, type Filled } from './entry_body';
import { VitalField } from './entry_field';
import { Awake, Method, NotMeasured, OedemaField, Posture, Where } from './entry_more';
import { faulted, faultsOf, questionsOf, type Faults, type Question } from './faults';
import { fieldsOf } from './fields';
import { Value } from './flag';
import { Meaning } from './meaning';
import classes from './vitals.module.css';

/** Below this age the length may be measured lying; below two years it usually is (WHO). */
const POSTURE_UNTIL_MONTHS = 60;
const LYING_UNTIL_MONTHS = 24;

interface EntryProps {
  readonly patientId: string;
  /** The encounter that the values belong to. */
  readonly encounterId?: string | undefined;
  /** A set that was wrong, to be replaced. */
  readonly corrects?: VitalsSet | undefined;
  readonly onSaved?: (set: VitalsSet) => void;
  readonly onCancel?: () => void;
}

/** One set of vital signs: ranges and last values beside each field, refusals and questions at it. */
export function VitalsEntry({ patientId, encounterId, corrects, onSaved, onCancel }: EntryProps) {
  const { t } = useTranslation();
  const key = useRef(uuid7());
  const [unitOf, chooseUnit] = useUnits();
  const [place, keepPlace] = useLocalStorage<string | undefined>({
    key: 'telesalud.site',
    defaultValue: undefined,
    getInitialValueInEffect: false,
  });
  const [filled, setFilled] = useState(() => {
    const first = filledOf(corrects, encounterId, unitOf);
    return corrects || encounterId !== undefined ? first : { ...first, site: place };
  });
  const [faults, setFaults] = useState<Faults>({});
  const [questions, ask] = useState<readonly Question[]>([]);
  const [more, { toggle }] = useDisclosure();
  const sets = useVitals(patientId);
  const sites = useSites();
  const patient = useSummary(patientId).data?.patient;
  const circumstances = useCircumstances(patientId).data;
  const saving = useRecordVitals(patientId);
  const known = latest((sets.data ?? []).filter(({ id }) => id !== corrects?.id));
  const months = patient && age(patient.birth_date).months;
  const small = months !== undefined && months < POSTURE_UNTIL_MONTHS;
  const lying = filled.lying ?? (small ? months < LYING_UNTIL_MONTHS : undefined);
  const { usual, rare } = fieldsOf(months, circumstances?.current != null);
  const change = (part: Partial<Filled>) => setFilled((old) => ({ ...old, ...part }));

  const save = async () => {
    const body = bodyOf({ ...filled, lying }, unitOf);
    if ('faulty' in body) {
      setFaults(
        Object.fromEntries(
          body.faulty.map((vital) => [
            vital,
            vital === 'measured_at' ? t('field.invalid') : numberFault(filled.typed[vital] ?? '', t),
          ]),
        ),
      );
      return;
    }
    try {
      const made = await saving.mutateAsync({ body, key: key.current });
      keepPlace(filled.site);
      setFilled({ ...filledOf(undefined, encounterId, unitOf), site: filled.site });
      setFaults({});
      ask([]);
      key.current = uuid7();
      onSaved?.(made);
    } catch (error) {
      if (!(error instanceof Problem)) return; // unknown outcome: the same key makes no second set
      key.current = uuid7();
      setFaults(faultsOf(error, t));
      ask(questionsOf(error));
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    event.stopPropagation(); // it may stand within the encounter's own form
    void save();
  };
  const type = (vital: VitalName, text: string, confirmed: boolean) => {
    const others = filled.confirmed.filter((each) => each !== vital);
    change({
      typed: { ...filled.typed, [vital]: text },
      confirmed: confirmed ? [...others, vital] : others,
    });
    setFaults((old) => ({ ...old, [vital]: undefined }));
    ask((old) => old.filter((each) => each.vital !== vital));
  };
  const field = (vital: VitalName) => (
    <VitalField
      key={vital}
      vital={vital}
      text={filled.typed[vital] ?? ''}
      unit={unitOf(vital)}
      known={known.get(vital)}
      fault={faults[vital]}
      question={questions.find((each) => each.vital === vital)}
      onType={(text) => type(vital, text, false)}
      onUnit={(unit) => chooseUnit(vital, unit)}
      onAnswer={(meant) =>
        type(
          vital,
          meant === undefined ? (filled.typed[vital] ?? '') : typedOf(meant, unitOf(vital)),
          meant === undefined,
        )
      }
    />
  );
  return (
    <form onSubmit={submit} aria-label={t(corrects ? 'vitals.correct' : 'vitals.record')} noValidate>
      <Stack>
        {corrects && <Text c="dimmed">{t('vitals.correctBody')}</Text>}
        <div className={classes.fields}>
          <MomentField
            label={t('vitals.measuredAt')}
            value={filled.measuredAt}
            error={faults.measured_at}
            onChange={(measuredAt) => change({ measuredAt })}
          />
          {usual.map(field)}
          {filled.typed.temperature !== undefined && <Method filled={filled} onChange={change} />}
          {small ? <OedemaField filled={filled} onChange={change} /> : <Awake filled={filled} onChange={change} />}
        </div>
        {small && lying !== undefined && <Posture lying={lying} onChoose={(value) => change({ lying: value })} />}
        <Button variant="subtle" size="compact-sm" w="fit-content" aria-expanded={more} onClick={toggle}>
          {t(more ? 'vitals.fewer' : 'vitals.more')}
        </Button>
        <Collapse expanded={more}>
          <Stack>
            <div className={classes.fields}>
              {rare.map(field)}
              {small ? <Awake filled={filled} onChange={change} /> : <OedemaField filled={filled} onChange={change} />}
              {encounterId === undefined && <Where filled={filled} sites={sites.data ?? []} onChange={change} />}
            </div>
            <NotMeasured filled={filled} onChange={change} />
          </Stack>
        </Collapse>
        <div role="alert">
          {saving.isError && (
            <Alert color={questions.length > 0 ? 'yellow' : 'red'}>
              {questions.length > 0
                ? t('vitals.doubt.title')
                : faulted(faults)
                  ? t('vitals.refused.title')
                  : explain(saving.error, t)}
            </Alert>
          )}
        </div>
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          <Button type="submit" loading={saving.isPending} disabled={isEmpty(filled)}>
            {t('vitals.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What a set just recorded means, read out when it appears; a slip is corrected from here. */
export function Findings({ set, onCorrect }: { readonly set: VitalsSet; readonly onCorrect: () => void }) {
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
      <Meaning set={set} />
      <Button mt="xs" size="compact-sm" variant="default" onClick={onCorrect}>
        {t('vitals.correct')}
      </Button>
    </Alert>
  );
}
