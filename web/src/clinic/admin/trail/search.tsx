import { Badge, Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../data/pages';
import { identity, patients, unwrap } from '../../data/server/client';
import { useHasRole } from '../../data/session/roles';
import { useSession } from '../../data/session/session';
import { type User, useUsers } from '../../data/users';
import { Dialog } from '../../kit/dialogs';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { Listing, More } from '../../kit/table';
import { dateAndTime } from '../../language/format';
import { actionText } from '../../language/trail_actions';
import { PatientPicker } from '../../patients/find';

/** One line of either trail. */
interface Entry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly actor_kind: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: string;
  readonly reason: string;
}

type Trail = 'record' | 'access';

/** Who did what about one person or system: in the records, or in accounts and sessions. */
export function AuditSearch() {
  const { t } = useTranslation();
  const { me } = useSession();
  const has = useHasRole();
  const trails: readonly Trail[] = has(['auditor']) ? ['record', 'access'] : ['record'];
  const [trail, setTrail] = useState<Trail>('record');
  const [subject, setSubject] = useState('');
  const [picking, { open, close }] = useDisclosure();
  const asked = subject.trim();
  const users = useUsers();
  const entries = usePages<Entry>(
    ['admin', 'audit', trail, asked],
    (cursor) => {
      const params = { query: { subject: asked, cursor, limit: 100 } };
      return trail === 'record'
        ? unwrap(patients.GET('/patients/trail', { params }))
        : unwrap(identity.GET('/identity/audit', { params }));
    },
    { enabled: asked !== '' },
  );
  return (
    <Section title={t('audit.search')} intro={t('audit.searchIntro')}>
      <Group align="flex-end">
        {trails.length > 1 && (
          <SegmentedControl
            aria-label={t('admin.trail')}
            value={trail}
            onChange={(value) => setTrail(value === 'access' ? 'access' : 'record')}
            data={trails.map((value) => ({ value, label: t(`auditTrail.${value}`) }))}
          />
        )}
        {has(['administrator']) && <UserSelect users={users} onPick={setSubject} />}
        <Button variant="default" onClick={open}>
          {t('find.title')}
        </Button>
        <Button variant="default" onClick={() => setSubject(trail === 'access' ? me.tenant : me.id)}>
          {t(trail === 'access' ? 'admin.theInstitution' : 'admin.me')}
        </Button>
      </Group>
      <TextInput
        label={t('admin.subject')}
        description={t('admin.subjectHelp')}
        maw={480}
        value={subject}
        spellCheck={false}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      {asked !== '' && (
        <Stack>
          <Loaded query={entries}>{(items) => <List items={items} users={users} />}</Loaded>
          <More query={entries} />
        </Stack>
      )}
      <Dialog title={t('find.title')} opened={picking} onClose={close}>
        <PatientPicker
          onPick={(patient) => {
            setSubject(patient.id);
            close();
          }}
        />
      </Dialog>
    </Section>
  );
}

interface UserSelectProps {
  readonly users: readonly User[];
  readonly onPick: (id: string) => void;
}

function UserSelect({ users, onPick }: UserSelectProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={t('admin.user')}
      data={users.map((user) => ({ value: user.id, label: `${user.display_name} (${user.user_name})` }))}
      searchable
      w={280}
      onChange={(id) => id !== null && onPick(id)}
    />
  );
}

const COLOURS: Readonly<Record<string, string>> = { done: 'green', denied: 'orange', failed: 'red' };

interface ListProps {
  readonly items: readonly Entry[];
  readonly users: readonly User[];
}

function List({ items, users }: ListProps) {
  const { t } = useTranslation();
  const names = new Map(users.map((user) => [user.id, user.display_name]));
  return (
    <Listing
      items={items}
      keyOf={(entry) => entry.id}
      columns={[
        { label: t('admin.when'), numeric: true, cell: (entry) => dateAndTime(entry.at) },
        {
          label: t('admin.actor'),
          cell: (entry) => (
            <>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {names.get(entry.actor) ?? entry.actor}
              </Text>
              <Text size="sm" c="dimmed">
                {kindText(entry.actor_kind, t)}
              </Text>
            </>
          ),
        },
        { label: t('admin.action'), cell: (entry) => actionText(entry.action, t) },
        {
          label: t('admin.resource'),
          cell: (entry) => <Text style={{ overflowWrap: 'anywhere' }}>{entry.resource}</Text>,
        },
        {
          label: t('admin.outcome'),
          cell: (entry) => (
            <>
              <Badge variant="light" tt="none" color={COLOURS[entry.outcome] ?? 'gray'}>
                {outcomeText(entry.outcome, t)}
              </Badge>
              {entry.reason !== '' && (
                <Text size="sm" c="dimmed">
                  {entry.reason}
                </Text>
              )}
            </>
          ),
        },
      ]}
    />
  );
}

const ACTORS = ['user', 'partner', 'participant', 'system', 'anonymous'] as const;

function kindText(kind: string, t: TFunction): string {
  const known = ACTORS.find((each) => each === kind);
  return known ? t(`actor.${known}`) : kind;
}

const OUTCOMES = ['done', 'denied', 'failed'] as const;

function outcomeText(outcome: string, t: TFunction): string {
  const known = OUTCOMES.find((each) => each === outcome);
  return known ? t(`outcome.${known}`) : outcome;
}
