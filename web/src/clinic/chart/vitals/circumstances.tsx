import { Button, Checkbox, Group, NativeSelect, NumberInput, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSummary } from '../../data/chart/chart';
import { useCircumstances, usePutCircumstances, type Circumstances } from '../../data/chart/vitals';
import { DateField } from '../../kit/date_field';
import { Refusal } from '../../kit/forms';
import { day } from '../../language/format';
import {
  changedBody,
  DATED_BY,
  HISTORY,
  OUTCOMES,
  pregnancyFields,
  type CircumstancesFields,
} from './circumstances_fields';
import classes from './vitals.module.css';

/** Pregnancy, preterm birth and oxygen target: what changes the meaning of measurements. */
export function CircumstancesCard({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const [editing, { open, close }] = useDisclosure();
  const known = useCircumstances(patientId).data;
  const sex = useSummary(patientId).data?.patient.sex;
  if (!known) return null;
  return (
    <Paper p="md" component="section" aria-label={t('vitals.circumstances.title')}>
      <Group justify="space-between" align="start">
        <div>
          <Title order={3} size="h5">
            {t('vitals.circumstances.title')}
          </Title>
          <Known known={known} />
        </div>
        {!editing && (
          <Button size="compact-sm" variant="light" onClick={open}>
            {t('vitals.circumstances.edit')}
          </Button>
        )}
      </Group>
      {editing && <Edit key={known.version} patientId={patientId} known={known} womb={sex !== 'male'} onDone={close} />}
    </Paper>
  );
}

function Known({ known }: { readonly known: Circumstances }) {
  const { t } = useTranslation();
  const { current, gestation_at_birth: born, oxygen_scale: scale, puerperium } = known;
  const facts = [
    current && t('vitals.pregnancy.now', { weeks: current.weeks, days: current.days, due: day(current.due_on) }),
    puerperium && t('vitals.pregnancy.puerperium'),
    born && t('vitals.circumstances.bornAt', { weeks: born.weeks, days: born.days }),
    scale === 2 && t('vitals.circumstances.scale2'),
  ].filter(Boolean);
  return (
    <Text size="sm" c={facts.length > 0 ? 'inherit' : 'dimmed'} className="numeric">
      {facts.length > 0 ? facts.join(' · ') : t('vitals.circumstances.none')}
    </Text>
  );
}

interface EditProps {
  readonly patientId: string;
  readonly known: Circumstances;
  readonly womb: boolean;
  readonly onDone: () => void;
}

function Edit({ patientId, known, womb, onDone }: EditProps) {
  const { t } = useTranslation();
  const [fields, setFields] = useState<CircumstancesFields>(() => pregnancyFields(known));
  const saving = usePutCircumstances(patientId);
  const change = (part: Partial<CircumstancesFields>) => setFields((old) => ({ ...old, ...part }));
  const save = () => saving.mutate({ body: changedBody(known, fields), version: known.version }, { onSuccess: onDone });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Stack mt="sm">
        <div className={classes.fields}>
          <NumberInput
            label={t('vitals.circumstances.bornWeeks')}
            allowDecimal={false}
            min={20}
            max={44}
            value={fields.bornWeeks}
            onChange={(bornWeeks) => change({ bornWeeks })}
          />
          <NumberInput
            label={t('vitals.circumstances.bornDays')}
            allowDecimal={false}
            min={0}
            max={6}
            value={fields.bornDays}
            onChange={(bornDays) => change({ bornDays })}
          />
        </div>
        <Checkbox
          label={t('vitals.circumstances.target')}
          description={t('vitals.circumstances.targetHelp')}
          checked={fields.scale2}
          onChange={(event) => change({ scale2: event.currentTarget.checked })}
        />
        {womb && <PregnancyFields fields={fields} onChange={change} />}
        <Refusal error={saving.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PregnancyProps {
  readonly fields: CircumstancesFields;
  readonly onChange: (part: Partial<CircumstancesFields>) => void;
}

function PregnancyFields({ fields, onChange }: PregnancyProps) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox
        label={t('vitals.pregnancy.is')}
        checked={fields.pregnant}
        onChange={(event) => onChange({ pregnant: event.currentTarget.checked })}
      />
      {fields.pregnant && (
        <div className={classes.fields}>
          <NativeSelect
            label={t('vitals.pregnancy.datedBy')}
            value={fields.datedBy}
            data={DATED_BY.map((each) => ({ value: each, label: t(`vitals.pregnancy.by.${each}`) }))}
            onChange={({ currentTarget: { value } }) =>
              onChange({ datedBy: DATED_BY.find((each) => each === value) ?? 'menstruation' })
            }
          />
          <DateField
            label={t(fields.datedBy === 'menstruation' ? 'vitals.pregnancy.menstruation' : 'vitals.pregnancy.due')}
            withAsterisk
            value={fields.datedBy === 'menstruation' ? fields.menstruation : fields.due}
            onChange={(value) => onChange(fields.datedBy === 'menstruation' ? { menstruation: value } : { due: value })}
          />
          <NumberInput
            label={t('vitals.pregnancy.fetuses')}
            allowDecimal={false}
            min={1}
            max={9}
            value={fields.fetuses}
            onChange={(fetuses) => onChange({ fetuses })}
          />
          <NativeSelect
            label={t('vitals.pregnancy.outcome')}
            value={fields.outcome}
            data={[
              { value: '', label: t('vitals.pregnancy.goesOn') },
              ...OUTCOMES.map((each) => ({ value: each, label: t(`vitals.pregnancy.ended.${each}`) })),
            ]}
            onChange={({ currentTarget: { value } }) =>
              onChange({ outcome: OUTCOMES.find((each) => each === value) ?? '' })
            }
          />
          {fields.outcome !== '' && (
            <DateField
              label={t('vitals.pregnancy.endedOn')}
              withAsterisk
              value={fields.ended}
              onChange={(ended) => onChange({ ended })}
            />
          )}
        </div>
      )}
      <div className={classes.fields}>
        {HISTORY.map((each) => (
          <NumberInput
            key={each}
            label={t(`vitals.pregnancy.history.${each}`)}
            allowDecimal={false}
            min={0}
            max={30}
            value={fields.history[each]}
            onChange={(value) => onChange({ history: { ...fields.history, [each]: value } })}
          />
        ))}
      </div>
    </>
  );
}
