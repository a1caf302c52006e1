import { Badge, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/appointments';
import { useSaving } from '../../data/saving';
import { appointments, ifMatch, patients, unwrap } from '../../data/server/client';
import { Dialog } from '../../kit/dialogs';
import { Form, FormEnd } from '../../kit/forms';
import { Loaded } from '../../kit/states';
import { RowButton } from '../../kit/table';

type Connection = components['schemas']['Connection'];
type Body = components['schemas']['ConnectionBody'];

const CONNECTIONS = ['admin', 'connections'] as const;

const PARTIES = {
  appointments: {
    read: () => unwrap(appointments.GET('/appointments/connection')),
    put: (version: number, body: Body) =>
      unwrap(appointments.PUT('/appointments/connection', { params: { header: ifMatch(version) }, body })),
  },
  patients: {
    read: () => unwrap(patients.GET('/patients/connection')),
    put: (version: number, body: Body) =>
      unwrap(patients.PUT('/patients/connection', { params: { header: ifMatch(version) }, body })),
  },
} as const;

type Party = keyof typeof PARTIES;

/** How agenda and records reach the teleconsultation service: with a partner's credentials. */
export function Connections() {
  return (
    <Stack component="ul" p={0} m={0} gap="sm">
      <One party="appointments" />
      <One party="patients" />
    </Stack>
  );
}

function One({ party }: { readonly party: Party }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const found = useQuery({ queryKey: [...CONNECTIONS, party], queryFn: PARTIES[party].read });
  return (
    <Paper component="li" p="md" style={{ listStyle: 'none' }}>
      <Group justify="space-between">
        <Title order={3} size="h5">
          {t(`connection.${party}`)}
        </Title>
        <RowButton label={t('connection.change')} of={t(`connection.${party}`)} onClick={() => setEditing(true)} />
      </Group>
      <Loaded query={found} rows={1}>
        {(data) => (
          <>
            {data.client_id === null ? (
              <Badge variant="light" tt="none" color="orange">
                {t('connection.none')}
              </Badge>
            ) : (
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {t('connection.as', { client: data.client_id })}
                {data.notification_target !== null && ` · ${t('connection.told')}`}
              </Text>
            )}
            <Dialog title={t(`connection.${party}`)} opened={editing} onClose={() => setEditing(false)}>
              <ConnectionForm party={party} connection={data} onClose={() => setEditing(false)} />
            </Dialog>
          </>
        )}
      </Loaded>
    </Paper>
  );
}

interface FormProps {
  readonly party: Party;
  readonly connection: Connection;
  readonly onClose: () => void;
}

/** Replaces the whole connection: what is kept secret is never shown, so it is entered again. */
function ConnectionForm({ party, connection, onClose }: FormProps) {
  const { t } = useTranslation();
  const needed = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const form = useForm({
    initialValues: {
      client_id: connection.client_id ?? '',
      client_secret: '',
      notification_target: connection.notification_target ?? '',
      notification_secret: '',
    },
    validate: {
      client_id: needed,
      client_secret: needed,
      notification_secret: (value, { notification_target: target }) =>
        (value.trim() === '') === (target.trim() === '') ? null : t('connection.both'),
    },
  });
  const saving = useSaving(
    form,
    [...CONNECTIONS, party],
    (fields) =>
      PARTIES[party].put(connection.version, {
        client_id: fields.client_id.trim(),
        client_secret: fields.client_secret.trim(),
        notification_target: fields.notification_target.trim() || null,
        notification_secret: fields.notification_secret.trim() || null,
      }),
    onClose,
  );
  const secret = { autoComplete: 'off', visibilityToggleButtonProps: { 'aria-label': t('connection.show') } };
  return (
    <Form onSubmit={saving.onSubmit}>
      <Text c="dimmed" size="sm">
        {t('connection.again')}
      </Text>
      <TextInput
        label={t('admin.clientId')}
        withAsterisk
        spellCheck={false}
        data-autofocus
        {...form.getInputProps('client_id')}
      />
      <PasswordInput label={t('admin.secret')} withAsterisk {...secret} {...form.getInputProps('client_secret')} />
      <TextInput
        label={t('connection.target')}
        description={t('connection.targetHelp')}
        spellCheck={false}
        {...form.getInputProps('notification_target')}
      />
      <PasswordInput label={t('admin.signing')} {...secret} {...form.getInputProps('notification_secret')} />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
