import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shownOf } from '../data/patients';
import { patients, unwrap } from '../data/server/client';
import { ADMINISTRATOR, useHasRole } from '../data/session/roles';
import { birthDate } from '../language/age';
import { day } from '../language/format';
import { documentText } from '../language/identity_documents';

export interface Candidate {
  readonly id: string;
  /** Likeness, of 100. */
  readonly score: string;
}

interface DuplicatesProps {
  readonly candidates: readonly Candidate[];
  readonly busy: boolean;
  readonly onConfirm: () => void;
}

/** Who may be the same person, as he is registered, so that nobody is registered twice. */
export function Duplicates({ candidates, busy, onConfirm }: DuplicatesProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  const people = useQueries({
    queries: candidates.map(({ id }) => ({
      queryKey: ['patients', 'candidate', id],
      queryFn: () => unwrap(patients.GET('/patients/{patient_id}', { params: { path: { patient_id: id } } })),
    })),
  });
  const [first, second] = candidates;
  return (
    <Alert color="yellow" title={t('register.duplicateTitle')} role="alert">
      <Stack gap="sm">
        {t('register.duplicateBody')}
        <ul style={{ margin: 0, padding: 0, listStyle: 'none' }}>
          {candidates.map(({ id, score }, index) => {
            const person = people[index]?.data;
            const facts = person && [
              t('find.record', { number: person.record_number }),
              day(birthDate(person)),
              ...person.documents.map((one) => documentText(one, t)),
            ];
            return (
              <li key={id}>
                <Anchor component={Link} to={`/patients/${id}`} target="_blank" fw={600}>
                  {person ? shownOf(person).display_name : t('register.score', { score })}
                </Anchor>
                {facts && (
                  <Text size="sm" className="numeric">
                    {[...facts, t('register.score', { score })].join(' · ')}
                  </Text>
                )}
              </li>
            );
          })}
        </ul>
        <Group>
          <Button variant="default" loading={busy} onClick={onConfirm}>
            {t('register.confirm')}
          </Button>
          {first && second && has(ADMINISTRATOR) && (
            <Anchor component={Link} to={`/patients/${first.id}/custody?merge=${second.id}`} target="_blank">
              {t('register.mergeThem')}
            </Anchor>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
