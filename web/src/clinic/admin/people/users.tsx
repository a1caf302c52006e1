import { Badge, Button, Checkbox, Group, Text, TextInput } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/identity';
import { uuid7 } from '../../../common/uuid';
import { useChange } from '../../data/saving';
import { identity, unwrap } from '../../data/server/client';
import { RECORDS } from '../../data/session/roles';
import { USERS, useUserPages, type User } from '../../data/users';
import { Confirm, Dialog } from '../../kit/dialogs';
import { Secrets, type Shown } from '../../kit/secrets';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { Active, Listing, More, RowButton } from '../../kit/table';
import { dayAndTime } from '../../language/format';
import { PrescriberEditor } from './prescriber';
import { EditUser, UserForm } from './user_form';

type Code = components['schemas']['OneTimeCode'];

/** Who works here: roles, state, and the one-time codes with which passwords are set. */
export function UsersPage() {
  const { t } = useTranslation();
  const users = useUserPages();
  const [wanted, setWanted] = useState('');
  const [editing, setEditing] = useState<User | 'new'>();
  const [resetting, setResetting] = useState<User>();
  const [registering, setRegistering] = useState<User>();
  const [shown, setShown] = useState<readonly Shown[]>();
  const show = (who: string, code: Code) =>
    setShown([{ label: t('admin.codeOf', { who }), value: code.code, expires: code.expires_at }]);
  return (
    <Section
      title={t('admin.users')}
      intro={t('admin.usersIntro')}
      action={
        <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setEditing('new')}>
          {t('admin.newUser')}
        </Button>
      }
    >
      <TextInput
        label={t('admin.filter')}
        value={wanted}
        maw={320}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <Loaded query={users}>
        {(items) => (
          <List
            items={items.filter((user) => matches(user, wanted))}
            onEdit={setEditing}
            onReset={setResetting}
            onRegister={setRegistering}
          />
        )}
      </Loaded>
      <More query={users} />
      <Dialog
        title={t(editing === 'new' ? 'admin.newUser' : 'admin.editUser')}
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
      >
        {editing !== undefined && editing !== 'new' && (
          <EditUser id={editing.id} onClose={() => setEditing(undefined)} />
        )}
        {editing === 'new' && (
          <UserForm
            present={undefined}
            onClose={() => setEditing(undefined)}
            onCreated={(created) => show(created.user.user_name, created.one_time_code)}
          />
        )}
      </Dialog>
      {resetting && (
        <Reset
          user={resetting}
          onClose={() => setResetting(undefined)}
          onCode={(code) => show(resetting.user_name, code)}
        />
      )}
      <Dialog
        title={t('prescriber.of', { name: registering?.display_name })}
        opened={registering !== undefined}
        onClose={() => setRegistering(undefined)}
      >
        {registering && <PrescriberEditor user={registering} onClose={() => setRegistering(undefined)} />}
      </Dialog>
      <Secrets shown={shown} onClose={() => setShown(undefined)} />
    </Section>
  );
}

function matches(user: User, text: string): boolean {
  const plain = (each: string) => each.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain(`${user.display_name} ${user.user_name}`).includes(plain(text.trim()));
}

interface ListProps {
  readonly items: readonly User[];
  readonly onEdit: (user: User) => void;
  readonly onReset: (user: User) => void;
  readonly onRegister: (user: User) => void;
}

function List({ items, onEdit, onReset, onRegister }: ListProps) {
  const { t } = useTranslation();
  return (
    <Listing
      items={items}
      keyOf={(user) => user.id}
      columns={[
        {
          label: t('admin.name'),
          cell: (user) => (
            <>
              <Text fw={600}>{user.display_name}</Text>
              <Text size="sm" c="dimmed">
                {user.user_name}
              </Text>
            </>
          ),
        },
        { label: t('admin.roles'), cell: (user) => <Roles user={user} /> },
        { label: t('admin.state'), cell: (user) => <Active active={user.active} /> },
        { label: t('admin.since'), numeric: true, cell: (user) => dayAndTime(user.created_at) },
        {
          label: t('common.actions'),
          quiet: true,
          cell: (user) => (
            <Group gap="xs" justify="flex-end">
              <RowButton label={t('common.edit')} of={user.display_name} onClick={() => onEdit(user)} />
              {user.roles.some((role) => RECORDS.includes(role)) && (
                <RowButton label={t('prescriber.open')} of={user.display_name} onClick={() => onRegister(user)} />
              )}
              <RowButton label={t('admin.reset')} of={user.display_name} onClick={() => onReset(user)} />
            </Group>
          ),
        },
      ]}
    />
  );
}

function Roles({ user }: { readonly user: User }) {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      {user.roles.map((role) => (
        <Badge key={role} variant="light" tt="none">
          {t(`role.${role}`)}
        </Badge>
      ))}
    </Group>
  );
}

interface ResetProps {
  readonly user: User;
  readonly onClose: () => void;
  readonly onCode: (code: Code) => void;
}

function Reset({ user, onClose, onCode }: ResetProps) {
  const { t } = useTranslation();
  const [key] = useState(uuid7);
  const [factor, setFactor] = useState(false);
  const reset = useChange(
    USERS,
    () => {
      const params = { path: { user: user.id }, header: { 'Idempotency-Key': key } };
      return unwrap(identity.POST('/identity/users/{user}/reset', { params, body: { second_factor: factor } }));
    },
    (code) => {
      onClose();
      onCode(code);
    },
  );
  return (
    <Confirm
      opened
      title={t('admin.reset')}
      body={t('admin.resetBody', { who: user.display_name })}
      action={t('admin.reset')}
      busy={reset.isPending}
      error={reset.error}
      onConfirm={() => reset.mutate(undefined)}
      onClose={onClose}
    >
      <Checkbox
        label={t('admin.resetFactor')}
        checked={factor}
        onChange={(event) => setFactor(event.currentTarget.checked)}
      />
    </Confirm>
  );
}
