import { Button, Group, MultiSelect, NumberInput, Paper, Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { components as consultParts } from '../../../api/consults';
import type { components as identityParts } from '../../../api/identity';
import { fieldErrors, useChange } from '../../data/saving';
import { consults, identity, unwrap, unwrapVersioned } from '../../data/server/client';
import { ROLES, type Role } from '../../data/session/roles';
import { Refusal } from '../../kit/forms';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { useUnsaved } from '../../kit/unsaved';
import { Connections } from './connections';

type Tenant = identityParts['schemas']['TenantView'];
type Policy = consultParts['schemas']['ConsultSettings-Output'];

const TENANT = ['admin', 'tenant'] as const;
const POLICY = ['admin', 'consult-settings'] as const;

/** The institution's rules for signing in and for teleconsultations. */
export function SettingsPage() {
  const { t } = useTranslation();
  const tenant = useQuery({ queryKey: TENANT, queryFn: () => unwrapVersioned(identity.GET('/identity/tenant')) });
  const policy = useQuery({ queryKey: POLICY, queryFn: () => unwrapVersioned(consults.GET('/consults/settings')) });
  return (
    <Stack maw={760} gap="xl">
      <Section title={t('admin.institution')}>
        <Loaded query={tenant}>
          {([data, version]) => <TenantForm key={version} tenant={data} version={version} />}
        </Loaded>
      </Section>
      <Section title={t('admin.teleconsultations')}>
        <Loaded query={policy}>
          {([data, version]) => <PolicyForm key={version} policy={data} version={version} />}
        </Loaded>
      </Section>
      <Section title={t('connection.title')} intro={t('connection.intro')}>
        <Connections />
      </Section>
    </Stack>
  );
}

function TenantForm({ tenant, version }: { readonly tenant: Tenant; readonly version: string }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: {
      name: tenant.name,
      password_days: tenant.password_days,
      second_factor_roles: [...tenant.second_factor_roles] as string[],
    },
    validate: { name: (value) => (value.trim() === '' ? t('common.required') : null) },
  });
  const save = useChange(TENANT, (fields: typeof form.values) => {
    const body = { ...fields, second_factor_roles: fields.second_factor_roles as Role[] };
    return unwrap(identity.PUT('/identity/tenant', { params: { header: { 'If-Match': version } }, body }));
  });
  useUnsaved(form.isDirty());
  const submit = (fields: typeof form.values) =>
    save.mutate(fields, { onError: (error) => form.setErrors(fieldErrors(error, t)) });
  return (
    <Paper p="md" component="form" onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput label={t('admin.name')} withAsterisk {...form.getInputProps('name')} />
        <NumberInput
          label={t('admin.passwordDays')}
          description={t('admin.passwordDaysHelp')}
          min={0}
          max={3650}
          allowDecimal={false}
          {...form.getInputProps('password_days')}
        />
        <MultiSelect
          label={t('admin.factorRoles')}
          description={t('admin.factorRolesHelp')}
          data={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
          {...form.getInputProps('second_factor_roles')}
        />
        <Refusal error={save.error} />
        <Group>
          <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function PolicyForm({ policy, version }: { readonly policy: Policy; readonly version: string }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { ...policy, notification_hosts: [...policy.notification_hosts] },
    validate: {
      notification_hosts: (hosts) =>
        hosts.every((host) => /^(\*\.)?[a-z0-9.-]{1,253}(:[0-9]{1,5})?$/.test(host)) ? null : t('field.invalid'),
    },
  });
  const save = useChange(POLICY, (body: typeof form.values) =>
    unwrap(consults.PUT('/consults/settings', { params: { header: { 'If-Match': version } }, body })),
  );
  useUnsaved(form.isDirty());
  const submit = (fields: typeof form.values) =>
    save.mutate(fields, { onError: (error) => form.setErrors(fieldErrors(error, t)) });
  return (
    <Paper p="md" component="form" onSubmit={form.onSubmit(submit)}>
      <Stack>
        <NumberInput
          label={t('admin.grace')}
          description={t('admin.graceHelp')}
          min={0}
          max={120}
          allowDecimal={false}
          {...form.getInputProps('default_grace_minutes')}
        />
        <NumberInput
          label={t('admin.extension')}
          description={t('admin.extensionHelp')}
          min={0}
          max={240}
          allowDecimal={false}
          {...form.getInputProps('max_extension_minutes')}
        />
        <TagsInput
          label={t('admin.hosts')}
          description={t('admin.hostsHelp')}
          {...form.getInputProps('notification_hosts')}
        />
        <Refusal error={save.error} />
        <Group>
          <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
