import { Alert, Badge, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { uuid7 } from '../../../common/uuid';
import {
  CONTACTS,
  reachable,
  underWay,
  useAlarmContacts,
  useAlarmPlan,
  type AlarmContact,
  type AlarmPlan,
} from '../../data/alarm_plan';
import { useChange } from '../../data/saving';
import { orders, unwrap } from '../../data/server/client';
import { RECORDS } from '../../data/session/roles';
import { useUserPages, type User } from '../../data/users';
import { Dialog } from '../../kit/dialogs';
import { Refusal } from '../../kit/forms';
import { Section } from '../../kit/section';
import { both, Loaded } from '../../kit/states';
import { Listing, More, RowButton } from '../../kit/table';
import { dateAndTime } from '../../language/format';
import { ContactForm } from './alarm_contact';
import { AlarmPlanForm } from './alarm_plan';

/** Who is told of what is critical, by which way, and whether the way works. */
export function AlarmsAdminPage() {
  const { t } = useTranslation();
  const plan = useAlarmPlan();
  const users = useUserPages();
  const contacts = useAlarmContacts();
  const told = (users.data ?? []).filter((user) => user.active && user.roles.some((role) => RECORDS.includes(role)));
  return (
    <Stack maw={980} gap="xl">
      <Section title={t('alarmPlan.title')} intro={t('alarmPlan.intro')}>
        <Loaded query={both(plan, users)}>
          {([found]) => <AlarmPlanForm key={found.version} plan={found} people={told} />}
        </Loaded>
      </Section>
      <Section title={t('alarmPlan.contacts')} intro={t('alarmPlan.contactsIntro')}>
        <Loaded query={both(plan, both(users, contacts))}>
          {([found, [, addresses]]) => <Contacts plan={found} people={told} contacts={addresses} />}
        </Loaded>
        <More query={users} />
      </Section>
    </Stack>
  );
}

interface ContactsProps {
  readonly plan: AlarmPlan;
  readonly people: readonly User[];
  readonly contacts: readonly AlarmContact[];
}

function Contacts({ plan, people, contacts }: ContactsProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<User>();
  const of = new Map(contacts.map((contact) => [contact.user, contact]));
  const test = useChange(CONTACTS, (user: string) => {
    const params = { path: { user_id: user }, header: { 'Idempotency-Key': uuid7() } };
    return unwrap(orders.POST('/orders/alarm-contacts/{user_id}/test', { params }));
  });
  const silent = people.filter(({ id }) => !reachable(of.get(id), plan)).length;
  return (
    <>
      {silent > 0 && <Alert color="yellow">{t('alarmPlan.silent', { count: silent })}</Alert>}
      <Refusal error={test.error} />
      <Listing
        items={people}
        keyOf={(user) => user.id}
        columns={[
          { label: t('admin.name'), cell: (user) => <Text fw={600}>{user.display_name}</Text> },
          { label: t('alarmPlan.reached'), cell: (user) => <Addresses contact={of.get(user.id)} /> },
          { label: t('alarmPlan.lastTest'), cell: (user) => <LastTest contact={of.get(user.id)} /> },
          {
            label: t('common.actions'),
            quiet: true,
            cell: (user) => (
              <Group gap="xs" justify="flex-end">
                <RowButton label={t('common.edit')} of={user.display_name} onClick={() => setEditing(user)} />
                {of.has(user.id) && (
                  <RowButton label={t('alarmPlan.test')} of={user.display_name} onClick={() => test.mutate(user.id)} />
                )}
              </Group>
            ),
          },
        ]}
      />
      <Dialog
        title={t('alarmPlan.contactOf', { name: editing?.display_name })}
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
      >
        {editing && <ContactForm user={editing} present={of.get(editing.id)} onClose={() => setEditing(undefined)} />}
      </Dialog>
    </>
  );
}

function Addresses({ contact }: { readonly contact: AlarmContact | undefined }) {
  const { t } = useTranslation();
  if (!contact) {
    return (
      <Badge variant="light" color="orange" tt="none">
        {t('alarmPlan.nothing')}
      </Badge>
    );
  }
  return (
    <Text size="sm" className="numeric" style={{ overflowWrap: 'anywhere' }}>
      {[contact.email, contact.phone].filter(Boolean).join(' · ')}
    </Text>
  );
}

function LastTest({ contact }: { readonly contact: AlarmContact | undefined }) {
  const { t } = useTranslation();
  const tested = contact?.tested;
  if (!contact || !tested) return <Text c="dimmed">{t('alarmPlan.untested')}</Text>;
  if (tested.done_at == null) return <Text>{t(underWay(contact) ? 'alarmPlan.testing' : 'alarmPlan.lost')}</Text>;
  return (
    <>
      {tested.channels.map(({ channel, outcome }) => (
        <Text key={channel} size="sm" {...(outcome !== 'sent' && { c: 'var(--mantine-color-error)' })}>
          {t(`alarmPlan.channel.${channel}`)}: {t(`alarmPlan.outcome.${outcome}`)}
        </Text>
      ))}
      <Text size="xs" c="dimmed" className="numeric">
        {dateAndTime(tested.done_at)}
      </Text>
    </>
  );
}
