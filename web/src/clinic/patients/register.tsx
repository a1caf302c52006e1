import { Alert, Button, Group, Paper, Stack, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Problem } from '../../common/problem';
import { uuid7 } from '../../common/uuid';
import { patients, unwrap } from '../data/server/client';
import { useUnsaved } from '../kit/unsaved';
import { explain } from '../language/refusals';
import { Duplicates, type Candidate } from './duplicates';
import { blankPerson, bodyOf } from './person';
import { focusFirst, mark, usePersonForm } from './person_form';
import { PersonInputs } from './person_inputs';

/** Registration: what the desk asks first, and what it may ask besides. */
export function RegisterPatient() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const key = useRef(uuid7());
  const [candidates, setCandidates] = useState<readonly Candidate[]>([]);
  const form = usePersonForm(blankPerson(i18n.language));
  const settled = useUnsaved(form.isDirty());
  const registration = useMutation({
    mutationFn: async (confirmed: boolean) => {
      const body = { ...bodyOf(form.values), confirm_not_duplicate: confirmed };
      const params = { header: { 'Idempotency-Key': key.current } };
      return unwrap(patients.POST('/patients', { params, body }));
    },
    onSuccess: (patient) => {
      settled();
      notifications.show({ message: t('register.done') });
      void navigate(`/patients/${patient.id}`);
    },
    onError: (error) => {
      key.current = uuid7(); // nothing was registered; what comes next is another request
      if (!(error instanceof Problem)) return;
      setCandidates(candidatesOf(error));
      mark(form, error, t);
    },
  });

  return (
    <Stack maw={760}>
      <Title order={1} size="h2">
        {t('register.title')}
      </Title>
      <Paper
        component="form"
        p="lg"
        noValidate
        onSubmit={form.onSubmit(
          () => registration.mutate(false),
          (faults) => focusFirst(form, Object.keys(faults)),
        )}
      >
        <Stack>
          <PersonInputs form={form} />
          {candidates.length > 0 && (
            <Duplicates
              candidates={candidates}
              busy={registration.isPending}
              onConfirm={() => registration.mutate(true)}
            />
          )}
          <div role="alert">
            {registration.isError && candidates.length === 0 && (
              <Alert color="red">{explain(registration.error, t)}</Alert>
            )}
          </div>
          <Group justify="flex-end">
            <Button variant="default" component={Link} to="/patients">
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={registration.isPending}>
              {t('register.submit')}
            </Button>
          </Group>
        </Stack>
      </Paper>
    </Stack>
  );
}

/** One line a candidate: id, score of 100, reason codes. */
function candidatesOf(problem: Problem): readonly Candidate[] {
  if (problem.kind !== 'likely-duplicate' && problem.kind !== 'document-taken') return [];
  const ids = (problem.extra['candidates'] ?? []) as readonly string[];
  const reasons = (problem.extra['reasons'] ?? []) as readonly string[];
  const scores = new Map(reasons.map((line) => line.split(' ')).map(([id = '', score = '']) => [id, score]));
  return ids.map((id) => ({ id, score: scores.get(id) ?? '100' }));
}
