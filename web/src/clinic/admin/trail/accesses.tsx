import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../data/pages';
import type { PatientSummary } from '../../data/patients';
import { patients, unwrap } from '../../data/server/client';
import { usePeople } from '../../data/users';
import { Dialog } from '../../kit/dialogs';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { Listing, More } from '../../kit/table';
import { dateAndTime } from '../../language/format';
import { PatientPicker } from '../../patients/find';
import { peopleOf, type Access } from './access_people';

/** Who saw or changed one patient's record, each person once. */
export function AuditAccess() {
  const { t } = useTranslation();
  const [patient, setPatient] = useState<PatientSummary>();
  const [picking, { open, close }] = useDisclosure();
  return (
    <Section title={t('audit.access')} intro={t('audit.accessIntro')}>
      <Group>
        <Button variant={patient ? 'default' : 'filled'} onClick={open}>
          {t(patient ? 'audit.another' : 'audit.choose')}
        </Button>
        {patient && (
          <Text fw={600} role="status">
            {patient.display_name}
          </Text>
        )}
      </Group>
      {patient && <People key={patient.id} patient={patient} />}
      <Dialog title={t('find.title')} opened={picking} onClose={close}>
        <PatientPicker
          onPick={(chosen) => {
            setPatient(chosen);
            close();
          }}
        />
      </Dialog>
    </Section>
  );
}

function People({ patient }: { readonly patient: PatientSummary }) {
  const accesses = usePages<Access>(['admin', 'accesses', patient.id], (cursor) => {
    const params = { path: { patient_id: patient.id }, query: { cursor, limit: 100 } };
    return unwrap(patients.GET('/patients/{patient_id}/accesses', { params }));
  });
  return (
    <Stack>
      <Loaded query={accesses}>{(items) => <List items={items} />}</Loaded>
      <More query={accesses} />
    </Stack>
  );
}

function List({ items }: { readonly items: readonly Access[] }) {
  const { t } = useTranslation();
  const names = new Map(usePeople().map((user) => [user.id, user.display_name]));
  return (
    <Listing
      items={peopleOf(items)}
      keyOf={({ kind, actor }) => `${kind} ${actor}`}
      columns={[
        {
          label: t('admin.actor'),
          cell: ({ actor, kind, emergency }) => (
            <Group gap="xs">
              <Text style={{ overflowWrap: 'anywhere' }}>{names.get(actor) ?? actor}</Text>
              {kind !== 'user' && (
                <Badge variant="outline" tt="none" color="gray">
                  {t(`actor.${kind}`)}
                </Badge>
              )}
              {emergency && (
                <Badge variant="light" tt="none" color="orange">
                  {t('audit.emergency')}
                </Badge>
              )}
            </Group>
          ),
        },
        { label: t('audit.last'), numeric: true, cell: ({ last }) => dateAndTime(last) },
        { label: t('audit.seen'), numeric: true, cell: ({ seen }) => seen },
        { label: t('audit.changed'), numeric: true, cell: ({ changed }) => changed },
        { label: t('audit.refused'), numeric: true, cell: ({ refused }) => refused },
      ]}
    />
  );
}
