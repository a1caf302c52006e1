import { Badge, Button, Checkbox, Code, Group, Paper, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/identity';
import { uuid7 } from '../../../common/uuid';
import { usePages } from '../../data/pages';
import { useChange, useSaving } from '../../data/saving';
import { identity, unwrap, unwrapVersioned } from '../../data/server/client';
import { Confirm, Dialog } from '../../kit/dialogs';
import { Form, FormEnd, Refusal } from '../../kit/forms';
import { Secrets, type Shown } from '../../kit/secrets';
import { Section } from '../../kit/section';
import { Loaded, Nothing } from '../../kit/states';
import { More } from '../../kit/table';
import { dayAndTime } from '../../language/format';

type Client = components['schemas']['ClientView'];

const CLIENTS = ['admin', 'clients'] as const;
const MOST_SECRETS = 2;
/** What partners are usually given; any scope of the platform may be typed. */
const SCOPES = [
  'appointments.manage',
  'appointments.overbook',
  'appointments.overrule',
  'appointments.read',
  'appointments.write',
  'audit.check',
  'audit.read',
  'consults.export',
  'consults.legacy',
  'consults.load',
  'consults.read',
  'consults.write',
  'orders.attach',
  'orders.collect',
  'orders.draft',
  'orders.manage',
  'orders.read_chart',
  'orders.read_orders',
  'orders.read_prescriptions',
  'orders.result',
  'orders.search',
  'patients.export',
  'patients.read',
  'patients.read_record',
  'patients.read_sensitive',
  'patients.read_trail',
  'patients.write',
  'patients.write_record',
];

/** Systems that call the API with client credentials. Their secrets are shown once. */
export function PartnersPage() {
  const { t } = useTranslation();
  const clients = usePages(CLIENTS, (cursor) =>
    unwrap(identity.GET('/identity/clients', { params: { query: { cursor } } })),
  );
  const [editing, setEditing] = useState<Client | 'new'>();
  const [shown, setShown] = useState<readonly Shown[]>();
  const close = () => setEditing(undefined);
  return (
    <Section
      title={t('admin.partners')}
      intro={t('admin.partnersIntro')}
      action={<Button onClick={() => setEditing('new')}>{t('admin.newPartner')}</Button>}
    >
      <Loaded query={clients}>
        {(items) =>
          items.length === 0 ? (
            <Nothing />
          ) : (
            <Stack component="ul" p={0} m={0} gap="sm">
              {items.map((client) => (
                <Card key={client.id} client={client} onEdit={() => setEditing(client)} onSecret={setShown} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <More query={clients} />
      <Dialog
        title={t(editing === 'new' ? 'admin.newPartner' : 'admin.editPartner')}
        opened={editing !== undefined}
        onClose={close}
      >
        {editing === 'new' && <PartnerForm present={undefined} onClose={close} onSecret={setShown} />}
        {editing !== undefined && editing !== 'new' && <EditPartner id={editing.id} onClose={close} />}
      </Dialog>
      <Secrets shown={shown} onClose={() => setShown(undefined)} />
    </Section>
  );
}

interface CardProps {
  readonly client: Client;
  readonly onEdit: () => void;
  readonly onSecret: (shown: readonly Shown[]) => void;
}

function Card({ client, onEdit, onSecret }: CardProps) {
  const { t } = useTranslation();
  const [key, setKey] = useState(uuid7);
  const [removing, setRemoving] = useState<string>();
  const another = useChange(
    CLIENTS,
    () => {
      const params = { path: { client: client.id }, header: { 'Idempotency-Key': key } };
      return unwrap(identity.POST('/identity/clients/{client}/secrets', { params }));
    },
    (made) => {
      setKey(uuid7());
      onSecret(secretsOf(client.client_id, made.secret, t('admin.clientId'), t('admin.secret')));
    },
  );
  const remove = useChange(
    CLIENTS,
    async (secret: string) => {
      const path = { client: client.id };
      const [, version] = await unwrapVersioned(identity.GET('/identity/clients/{client}', { params: { path } }));
      const params = { path: { ...path, secret }, header: { 'If-Match': version } };
      return unwrap(identity.DELETE('/identity/clients/{client}/secrets/{secret}', { params }));
    },
    () => setRemoving(undefined),
  );
  return (
    <Paper component="li" p="md" style={{ listStyle: 'none' }}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Group gap="xs">
            <Text fw={600}>{client.name}</Text>
            <Badge variant="light" tt="none" color={client.active ? 'green' : 'gray'}>
              {t(client.active ? 'common.active' : 'common.inactive')}
            </Badge>
          </Group>
          <Code style={{ overflowWrap: 'anywhere' }}>{client.client_id}</Code>
          <Text size="sm" c="dimmed">
            {client.scopes.join(' · ')}
          </Text>
          {client.secrets.map((secret) => (
            <Group key={secret.id} gap="xs">
              <Text size="sm">{t('admin.secretSince', { moment: dayAndTime(secret.created_at) })}</Text>
              {client.secrets.length > 1 && (
                <Button size="compact-xs" variant="subtle" color="red" onClick={() => setRemoving(secret.id)}>
                  {t('admin.removeSecret')}
                </Button>
              )}
            </Group>
          ))}
        </Stack>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={client.secrets.length >= MOST_SECRETS}
            loading={another.isPending}
            onClick={() => another.mutate(undefined)}
          >
            {t('admin.anotherSecret')}
          </Button>
          <Button size="xs" variant="default" aria-label={`${t('common.edit')}: ${client.name}`} onClick={onEdit}>
            {t('common.edit')}
          </Button>
        </Group>
      </Group>
      <Refusal error={another.error} />
      <Confirm
        opened={removing !== undefined}
        title={t('admin.removeSecret')}
        body={t('admin.removeSecretBody')}
        action={t('admin.removeSecret')}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => removing !== undefined && remove.mutate(removing)}
        onClose={() => setRemoving(undefined)}
      />
    </Paper>
  );
}

function secretsOf(client: string, secret: string, clientLabel: string, secretLabel: string): readonly Shown[] {
  return [
    { label: clientLabel, value: client },
    { label: secretLabel, value: secret },
  ];
}

interface Versioned {
  readonly client: Client;
  readonly version: string;
}

function EditPartner({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const found = useQuery({
    queryKey: [...CLIENTS, id],
    gcTime: 0,
    queryFn: () => unwrapVersioned(identity.GET('/identity/clients/{client}', { params: { path: { client: id } } })),
  });
  return (
    <Loaded query={found}>
      {([client, version]) => (
        <PartnerForm present={{ client, version }} onClose={onClose} onSecret={() => undefined} />
      )}
    </Loaded>
  );
}

interface PartnerFormProps {
  readonly present: Versioned | undefined;
  readonly onClose: () => void;
  readonly onSecret: (shown: readonly Shown[]) => void;
}

function PartnerForm({ present, onClose, onSecret }: PartnerFormProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: {
      name: present?.client.name ?? '',
      scopes: [...(present?.client.scopes ?? [])],
      active: present?.client.active ?? true,
    },
    validate: {
      name: (value) => (value.trim() === '' ? t('common.required') : null),
      scopes: (value) => (value.length === 0 ? t('common.required') : null),
    },
  });
  const saving = useSaving(
    form,
    CLIENTS,
    async ({ active, ...body }, header) => {
      if (!present) return unwrap(identity.POST('/identity/clients', { params: { header }, body }));
      const params = { path: { client: present.client.id }, header: { 'If-Match': present.version } };
      await unwrap(identity.PUT('/identity/clients/{client}', { params, body: { ...body, active } }));
      return undefined;
    },
    (created) => {
      onClose();
      if (created)
        onSecret(secretsOf(created.client.client_id, created.secret.secret, t('admin.clientId'), t('admin.secret')));
    },
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <TextInput label={t('admin.name')} withAsterisk data-autofocus {...form.getInputProps('name')} />
      <TagsInput
        label={t('admin.scopes')}
        description={t('admin.scopesHelp')}
        withAsterisk
        data={SCOPES}
        {...form.getInputProps('scopes')}
      />
      {present && (
        <Checkbox
          label={t('common.active')}
          description={t('admin.partnerActiveHelp')}
          {...form.getInputProps('active', { type: 'checkbox' })}
        />
      )}
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
