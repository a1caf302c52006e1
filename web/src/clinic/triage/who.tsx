import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCandidates, useStep, type Candidate, type Triage } from '../data/triage';
import { Dialog } from '../kit/dialogs';
import { Refusal } from '../kit/forms';
import { Loaded } from '../kit/states';
import { Tag } from '../kit/tag';
import { day } from '../language/format';
import { PatientPicker } from '../patients/find';

/** Who the citizen may be. Proposed by what they said; a person decides. */
export function WhoItIs({ request }: { readonly request: Triage }) {
  const { t } = useTranslation('triage');
  const [changing, setChanging] = useState(false);
  const open = ['received', 'assigned', 'missed'].includes(request.state) && request.appointment === null;
  if (request.patient !== null && !changing) {
    return (
      <Group>
        <Anchor component={Link} to={`/patients/${request.patient}`}>
          {t('who.chart')}
        </Anchor>
        {open && (
          <Button variant="default" size="xs" onClick={() => setChanging(true)}>
            {t('who.another')}
          </Button>
        )}
      </Group>
    );
  }
  if (!open) return <Text c="dimmed">{t('who.nobody')}</Text>;
  return <Propose request={request} onDone={() => setChanging(false)} />;
}

function Propose({ request, onDone }: { readonly request: Triage; readonly onDone: () => void }) {
  const { t } = useTranslation('triage');
  const [searching, setSearching] = useState(false);
  const step = useStep(request, () => {
    setSearching(false);
    onDone();
  });
  const choose = (patient: string) => step.mutate({ match: { patient } });
  const document = request.message?.person?.document;
  return (
    <Stack gap="sm">
      <Text>{t('who.body')}</Text>
      {document && (
        <Text>{t('who.document', { type: document.type, number: document.number, country: document.country })}</Text>
      )}
      <Loaded query={useCandidates(request.id, request.version)} rows={2}>
        {(items) =>
          items.length === 0 ? (
            <Text c="dimmed">{t('who.none')}</Text>
          ) : (
            <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
              {items.map((each) => (
                <li key={each.id}>
                  <One candidate={each} busy={step.isPending} onChoose={() => choose(each.id)} />
                </li>
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Refusal error={step.error} />
      <Group>
        <Button variant="default" onClick={() => setSearching(true)}>
          {t('who.search')}
        </Button>
      </Group>
      <Dialog title={t('who.search')} opened={searching} onClose={() => setSearching(false)}>
        <PatientPicker onPick={(patient) => choose(patient.id)} />
      </Dialog>
    </Stack>
  );
}

interface OneProps {
  readonly candidate: Candidate;
  readonly busy: boolean;
  readonly onChoose: () => void;
}

function One({ candidate, busy, onChoose }: OneProps) {
  const { t } = useTranslation('triage');
  return (
    <Group justify="space-between">
      <div>
        <Text fw={600}>{candidate.display_name}</Text>
        <Text size="sm" c="dimmed">
          {candidate.record_number} · {day(candidate.birth_date)}
        </Text>
        <Group gap={6}>
          {candidate.agrees.map((each) => (
            <Tag key={each} tone="calm">
              {t(`agrees.${each}`)}
            </Tag>
          ))}
        </Group>
      </div>
      <Button
        variant="light"
        loading={busy}
        aria-label={t('who.chooseOf', { name: candidate.display_name })}
        onClick={onChoose}
      >
        {t('who.choose')}
      </Button>
    </Group>
  );
}
