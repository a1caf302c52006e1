import { Checkbox, MultiSelect, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/identity';
import { type Once, useSaving } from '../../data/saving';
import { identity, unwrap, unwrapVersioned } from '../../data/server/client';
import { ROLES, type Role } from '../../data/session/roles';
import { type User, USERS } from '../../data/users';
import { Form, FormEnd } from '../../kit/forms';
import { Loaded } from '../../kit/states';
import { currentLanguage, LANGUAGE_NAMES, LANGUAGES } from '../../language/i18n';

type Created = components['schemas']['UserCreated'];

/** A user as he was read, with the version that a change refers to. */
interface Versioned {
  readonly user: User;
  readonly version: string;
}

interface UserFormProps {
  /** Whom to change; nobody for a new user. */
  readonly present: Versioned | undefined;
  readonly onClose: () => void;
  readonly onCreated: (created: Created) => void;
}

type Fields = {
  user_name: string;
  display_name: string;
  roles: string[];
  language: string;
  active: boolean;
};

/** Reads the user and his version first, so that a change made meanwhile by somebody else is noticed. */
export function EditUser({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const found = useQuery({
    queryKey: [...USERS, id],
    gcTime: 0,
    queryFn: () => unwrapVersioned(identity.GET('/identity/users/{user}', { params: { path: { user: id } } })),
  });
  return (
    <Loaded query={found}>
      {([user, version]) => <UserForm present={{ user, version }} onClose={onClose} onCreated={() => undefined} />}
    </Loaded>
  );
}

export function UserForm({ present, onClose, onCreated }: UserFormProps) {
  const { t } = useTranslation();
  const user = present?.user;
  const required = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const form = useForm<Fields>({
    initialValues: {
      user_name: user?.user_name ?? '',
      display_name: user?.display_name ?? '',
      roles: [...(user?.roles ?? [])],
      language: user?.language ?? currentLanguage(),
      active: user?.active ?? true,
    },
    validate: {
      user_name: required,
      display_name: required,
      roles: (value) => (value.length === 0 ? t('common.required') : null),
    },
  });
  const saving = useSaving(
    form,
    USERS,
    (fields, header) => (present ? update(present, fields) : create(fields, header)),
    (created) => {
      onClose();
      if (created) onCreated(created);
    },
    ({ kind }) => (kind === 'user-name-taken' ? { user_name: t('field.taken') } : {}),
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <TextInput
        label={t('signIn.userName')}
        withAsterisk
        data-autofocus={user ? undefined : true}
        disabled={user !== undefined}
        autoComplete="off"
        {...form.getInputProps('user_name')}
      />
      <TextInput label={t('admin.name')} withAsterisk {...form.getInputProps('display_name')} />
      <MultiSelect
        label={t('admin.roles')}
        withAsterisk
        data={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        {...form.getInputProps('roles')}
      />
      <Select
        label={t('common.language')}
        allowDeselect={false}
        data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        {...form.getInputProps('language')}
      />
      {user && (
        <Checkbox
          label={t('common.active')}
          description={t('admin.activeHelp')}
          {...form.getInputProps('active', { type: 'checkbox' })}
        />
      )}
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}

async function create(fields: Fields, header: Once): Promise<Created> {
  const { active: _, ...body } = fields;
  return unwrap(
    identity.POST('/identity/users', { params: { header }, body: { ...body, roles: body.roles as Role[] } }),
  );
}

async function update({ user, version }: Versioned, fields: Fields): Promise<undefined> {
  const { user_name: _, ...body } = fields;
  const params = { path: { user: user.id }, header: { 'If-Match': version } };
  await unwrap(identity.PUT('/identity/users/{user}', { params, body: { ...body, roles: body.roles as Role[] } }));
  return undefined;
}
