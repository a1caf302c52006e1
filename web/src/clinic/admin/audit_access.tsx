import { Badge, Button, Group, Paper, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patients, unwrap } from '../api';
import { dateAndTime } from '../layout/format';
import { Loaded } from '../layout/states';
import { PatientPicker } from '../patients/find';
import type { PatientSummary } from '../patients/search';
import { peopleOf, type Access } from './access_people';
import classes from './admin.module.css';
import { Dialog, More, Nothing, Section, usePages } from './parts';
import { useUsers } from './user_names';

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
  const { t } = useTranslation();
  const accesses = usePages<Access>(['admin', 'accesses', patient.id], (page) => {
    const params = { path: { patient_id: patient.id }, query: { ...page, limit: 100 } };
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
  const names = new Map(useUsers().map((user) => [user.id, user.display_name]));
  if (items.length === 0) return <Nothing />;
  return (
    <Paper className={classes.scroll} tabIndex={0} role="region" aria-label={t('audit.access')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('admin.actor')}</Table.Th>
            <Table.Th>{t('audit.last')}</Table.Th>
            <Table.Th>{t('audit.seen')}</Table.Th>
            <Table.Th>{t('audit.changed')}</Table.Th>
            <Table.Th>{t('audit.refused')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {peopleOf(items).map((person) => (
            <Table.Tr key={`${person.kind} ${person.actor}`}>
              <Table.Td>
                <Group gap="xs">
                  <Text style={{ overflowWrap: 'anywhere' }}>{names.get(person.actor) ?? person.actor}</Text>
                  {person.kind !== 'user' && (
                    <Badge variant="outline" tt="none" color="gray">
                      {t(`actor.${person.kind}`)}
                    </Badge>
                  )}
                  {person.emergency && (
                    <Badge variant="light" tt="none" color="orange">
                      {t('audit.emergency')}
                    </Badge>
                  )}
                </Group>
              </Table.Td>
              <Table.Td className="numeric">{dateAndTime(person.last)}</Table.Td>
              <Table.Td className="numeric">{person.seen}</Table.Td>
              <Table.Td className="numeric">{person.changed}</Table.Td>
              <Table.Td className="numeric">{person.refused}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
