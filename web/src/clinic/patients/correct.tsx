import { Alert, Button, Group, Paper, Stack, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { Problem } from '../../common/problem';
import { chartKey, useDemographics } from '../data/chart/chart';
import { ifMatch, patients, unwrap } from '../data/server/client';
import { Loaded } from '../kit/states';
import { useUnsaved } from '../kit/unsaved';
import { explain } from '../language/refusals';
import { bodyOf, carried, fieldsOf, type Patient, type PersonFields } from './person';
import { focusFirst, mark, usePersonForm } from './person_form';
import { PersonInputs } from './person_inputs';

/** Who a patient is, corrected: what was mistyped, has changed, or was not asked at registration. */
export function CorrectPatient() {
  const { t } = useTranslation();
  const { patientId = '' } = useParams();
  const patient = useDemographics(patientId);
  const [interrupted, setInterrupted] = useState<Interrupted>();
  return (
    <Stack maw={760}>
      <Title order={1} size="h2">
        {t('register.correctTitle')}
      </Title>
      <div role="alert">{interrupted && <Alert color="yellow">{t('register.stale')}</Alert>}</div>
      <Loaded query={patient} rows={6}>
        {(found) => (
          <Correction
            key={found.version}
            patient={found}
            interrupted={interrupted}
            onStale={(typed) => {
              setInterrupted({ before: found, typed });
              void patient.refetch();
            }}
          />
        )}
      </Loaded>
    </Stack>
  );
}

/** What was typed over data that somebody else changed meanwhile. */
interface Interrupted {
  readonly before: Patient;
  readonly typed: PersonFields;
}

interface CorrectionProps {
  readonly patient: Patient;
  readonly interrupted: Interrupted | undefined;
  readonly onStale: (typed: PersonFields) => void;
}

function Correction({ patient, interrupted, onStale }: CorrectionProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const now = fieldsOf(patient);
  const form = usePersonForm(interrupted ? carried(fieldsOf(interrupted.before), interrupted.typed, now) : now);
  const settled = useUnsaved(interrupted !== undefined || form.isDirty());
  const page = `/patients/${patient.id}`;
  const correction = useMutation({
    mutationFn: async () => {
      const params = { path: { patient_id: patient.id }, header: ifMatch(patient.version) };
      return unwrap(patients.PUT('/patients/{patient_id}', { params, body: bodyOf(form.values, patient) }));
    },
    onSuccess: async () => {
      settled();
      notifications.show({ message: t('register.corrected') });
      await queries.invalidateQueries({ queryKey: chartKey(patient.id) });
      void navigate(page);
    },
    onError: (error) => {
      if (!(error instanceof Problem)) return;
      if (error.kind === 'stale-version') onStale(form.values);
      else mark(form, error, t);
    },
  });
  return (
    <Paper
      component="form"
      p="lg"
      noValidate
      onSubmit={form.onSubmit(
        () => correction.mutate(),
        (faults) => focusFirst(form, Object.keys(faults)),
      )}
    >
      <Stack>
        <PersonInputs form={form} />
        <div role="alert">{correction.isError && <Alert color="red">{explain(correction.error, t)}</Alert>}</div>
        <Group justify="flex-end">
          <Button variant="default" component={Link} to={page}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={correction.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
