import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHospitalChange, type Admission, type DischargeBody } from '../data/hospital';
import { ifMatch, patients, unwrap } from '../data/server/client';
import { WardRefused } from './refused';

const CONDITIONS = ['recovered', 'improved', 'unchanged', 'worse', 'deceased'] as const;
const DISPOSITIONS = ['home', 'transfer', 'against_advice', 'deceased'] as const;
const LEAST = 10;

/** A physician signs how the patient left, with a summary. */
export function Discharge({ admission, onDone }: { readonly admission: Admission; readonly onDone: () => void }) {
  const { t } = useTranslation('hospital');
  const [condition, setCondition] = useState<DischargeBody['condition']>('improved');
  const [disposition, setDisposition] = useState<DischargeBody['disposition']>('home');
  const [destination, setDestination] = useState('');
  const [summary, setSummary] = useState('');
  const signing = useHospitalChange(
    (body: DischargeBody, header) =>
      unwrap(
        patients.POST('/patients/admissions/{admission_id}/discharge', {
          params: { path: { admission_id: admission.id }, header: { ...header, ...ifMatch(admission.version) } },
          body,
        }),
      ),
    onDone,
  );
  const send = () =>
    signing.mutate({
      condition,
      disposition,
      summary,
      destination: destination.trim() === '' ? null : destination,
    });
  return (
    <Stack>
      <Group grow>
        <NativeSelect
          label={t('leave.condition')}
          value={condition}
          data={CONDITIONS.map((value) => ({ value, label: t(`conditions.${value}`) }))}
          onChange={(event) =>
            setCondition(CONDITIONS.find((each) => each === event.currentTarget.value) ?? 'improved')
          }
        />
        <NativeSelect
          label={t('leave.disposition')}
          value={disposition}
          data={DISPOSITIONS.map((value) => ({ value, label: t(`dispositions.${value}`) }))}
          onChange={(event) =>
            setDisposition(DISPOSITIONS.find((each) => each === event.currentTarget.value) ?? 'home')
          }
        />
      </Group>
      {disposition === 'transfer' && (
        <TextInput
          label={t('leave.destination')}
          maxLength={200}
          value={destination}
          onChange={(event) => setDestination(event.currentTarget.value)}
        />
      )}
      <Textarea
        label={t('leave.summary')}
        description={t('leave.summaryHelp', { count: LEAST })}
        withAsterisk
        autosize
        minRows={6}
        maxLength={20_000}
        value={summary}
        onChange={(event) => setSummary(event.currentTarget.value)}
      />
      <WardRefused error={signing.error} />
      <Group justify="flex-end">
        <Button disabled={summary.trim().length < LEAST} loading={signing.isPending} onClick={send}>
          {t('leave.action')}
        </Button>
      </Group>
    </Stack>
  );
}
