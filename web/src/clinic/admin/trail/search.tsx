import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../data/pages';
import { identity, patients, unwrap } from '../../data/server/client';
import { useHasRole } from '../../data/session/roles';
import { useSession } from '../../data/session/session';
import { type Person, usePeople } from '../../data/users';
import { Dialog } from '../../kit/dialogs';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { More } from '../../kit/table';
import { ACCOUNT_ACTIONS, RECORD_ACTIONS } from '../../language/trail_actions';
import { PatientPicker } from '../../patients/find';
import { ANY, asked, Filters, type Narrowing, sound } from './filters';
import type { Line } from './folding';
import { TrailLines } from './lines';

type Trail = 'record' | 'access';

/** About whom: an id, and the name that the reader chose it by. */
interface Subject {
  readonly id: string;
  readonly name: string;
}

/** Who did what about one person or system: in the records, or in accounts and sessions. */
export function AuditSearch() {
  const { t } = useTranslation();
  const has = useHasRole();
  const trails: readonly Trail[] = has(['auditor']) ? ['record', 'access'] : ['record'];
  const [trail, setTrail] = useState<Trail>('record');
  const [subject, setSubject] = useState<Subject>({ id: '', name: '' });
  const [narrowing, setNarrowing] = useState<Narrowing>(ANY);
  const people = usePeople();
  const choose = (chosen: Trail) => {
    setTrail(chosen);
    setNarrowing({ ...narrowing, action: null });
  };
  return (
    <Section title={t('audit.search')} intro={t('audit.searchIntro')}>
      {trails.length > 1 && (
        <SegmentedControl
          aria-label={t('admin.trail')}
          value={trail}
          onChange={(value) => choose(value === 'access' ? 'access' : 'record')}
          data={trails.map((value) => ({ value, label: t(`auditTrail.${value}`) }))}
        />
      )}
      <SubjectChoice trail={trail} people={people} value={subject} onChange={setSubject} />
      <Filters
        value={narrowing}
        onChange={setNarrowing}
        people={people}
        actions={trail === 'record' ? RECORD_ACTIONS : ACCOUNT_ACTIONS}
      />
      {subject.id !== '' && sound(narrowing) && (
        <Found trail={trail} subject={subject.id} narrowing={narrowing} people={people} />
      )}
    </Section>
  );
}

interface FoundProps {
  readonly trail: Trail;
  readonly subject: string;
  readonly narrowing: Narrowing;
  readonly people: readonly Person[];
}

function Found({ trail, subject, narrowing, people }: FoundProps) {
  const { t } = useTranslation();
  const filter = asked(narrowing);
  const lines = usePages<Line>(['admin', 'audit', trail, subject, filter], (cursor) => {
    const params = { query: { subject, cursor, limit: 100, ...filter } };
    return trail === 'record'
      ? unwrap(patients.GET('/patients/trail', { params }))
      : unwrap(identity.GET('/identity/audit', { params }));
  });
  return (
    <Stack>
      <Loaded query={lines}>
        {(items) =>
          items.length === 0 && lines.hasNextPage ? (
            <Text c="dimmed">{t('audit.further')}</Text>
          ) : (
            <TrailLines items={items} people={people} />
          )
        }
      </Loaded>
      <More query={lines} />
    </Stack>
  );
}

interface SubjectProps {
  readonly trail: Trail;
  readonly people: readonly Person[];
  readonly value: Subject;
  readonly onChange: (subject: Subject) => void;
}

/** A patient, a user, the reader or the institution; whatever else has an id, by it. */
function SubjectChoice({ trail, people, value, onChange }: SubjectProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const [picking, { open, close }] = useDisclosure();
  const own =
    trail === 'access' ? { id: me.tenant, name: t('admin.theInstitution') } : { id: me.id, name: t('admin.me') };
  return (
    <Stack gap="xs">
      <Group align="flex-end" role="group" aria-label={t('audit.about')}>
        <Button variant="default" onClick={open}>
          {t('find.title')}
        </Button>
        <Select
          label={t('admin.user')}
          data={people.map(({ id, display_name, user_name }) => ({
            value: id,
            label: `${display_name} (${user_name})`,
          }))}
          searchable
          w={280}
          value={people.some(({ id }) => id === value.id) ? value.id : null}
          onChange={(id) => {
            const person = people.find((each) => each.id === id);
            if (person) onChange({ id: person.id, name: person.display_name });
          }}
        />
        <Button variant="default" onClick={() => onChange(own)}>
          {own.name}
        </Button>
        <TextInput
          label={t('audit.byId')}
          title={t('admin.subjectHelp')}
          w={330}
          maw="100%"
          value={value.id}
          spellCheck={false}
          onChange={(event) => onChange({ id: event.currentTarget.value.trim(), name: '' })}
        />
      </Group>
      <Text role="status" fw={600}>
        {value.name !== '' && `${t('audit.about')}: ${value.name}`}
      </Text>
      <Dialog title={t('find.title')} opened={picking} onClose={close}>
        <PatientPicker
          onPick={(patient) => {
            onChange({ id: patient.id, name: patient.display_name });
            close();
          }}
        />
      </Dialog>
    </Stack>
  );
}
