import { Badge, Button, Checkbox, Group, MultiSelect, Paper, Select, Table, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { uuid7 } from '../../common/uuid';
import { usePractitioners, useSites, type Practitioner } from '../agenda/data';
import { appointments, identity, ifMatch, unwrap } from '../api';
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from '../i18n';
import { Loaded } from '../layout/states';
import classes from './admin.module.css';
import { Dialog, fieldErrors, Form, Nothing, QuietHead, Refusal, Section, useChange, usePages } from './parts';
import { USERS } from './users';

/** Who owns an agenda, where, and the account he signs in with. */
export function PractitionersPage() {
  const { t } = useTranslation();
  const people = usePractitioners();
  const [all, setAll] = useState(false);
  const [editing, setEditing] = useState<Practitioner | 'new'>();
  const close = () => setEditing(undefined);
  return (
    <Section
      title={t('admin.agendas')}
      intro={t('admin.agendasIntro')}
      action={<Button onClick={() => setEditing('new')}>{t('admin.newPractitioner')}</Button>}
    >
      <Checkbox label={t('admin.withInactive')} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
      <Loaded query={people}>{(items) => <List items={items.filter((p) => all || p.active)} onEdit={setEditing} />}</Loaded>
      <Dialog
        title={t(editing === 'new' ? 'admin.newPractitioner' : 'admin.editPractitioner')}
        opened={editing !== undefined}
        onClose={close}
      >
        {editing !== undefined && <PractitionerForm person={editing === 'new' ? undefined : editing} onClose={close} />}
      </Dialog>
    </Section>
  );
}

interface ListProps {
  readonly items: readonly Practitioner[];
  readonly onEdit: (person: Practitioner) => void;
}

function List({ items, onEdit }: ListProps) {
  const { t } = useTranslation();
  const sites = useSites().data ?? [];
  if (items.length === 0) return <Nothing />;
  return (
    <Paper className={classes.scroll}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('admin.name')}</Table.Th>
            <Table.Th>{t('agenda.specialty')}</Table.Th>
            <Table.Th>{t('admin.sites')}</Table.Th>
            <Table.Th>{t('admin.state')}</Table.Th>
            <QuietHead label={t('admin.actions')} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((person) => (
            <Table.Tr key={person.id}>
              <Table.Td fw={600}>{person.name}</Table.Td>
              <Table.Td>{person.specialties.join(', ')}</Table.Td>
              <Table.Td>{person.sites.map((id) => sites.find((s) => s.id === id)?.name).join(', ')}</Table.Td>
              <Table.Td>
                <Badge variant="light" tt="none" color={person.active ? 'green' : 'gray'}>
                  {t(person.active ? 'admin.active' : 'admin.inactive')}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Group gap="xs" wrap="nowrap" justify="flex-end">
                  <Button size="xs" component={Link} to={person.id} variant="light" aria-label={`${t('admin.hours')}: ${person.name}`}>
                    {t('admin.hours')}
                  </Button>
                  <Button size="xs" variant="default" aria-label={`${t('admin.edit')}: ${person.name}`} onClick={() => onEdit(person)}>
                    {t('admin.edit')}
                  </Button>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

interface Fields {
  name: string;
  user_id: string | null;
  specialties: string[];
  sites: string[];
  languages: string[];
  registration_type: string;
  registration_number: string;
  active: boolean;
}

function PractitionerForm({ person, onClose }: { readonly person: Practitioner | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [key, setKey] = useState(uuid7);
  const sites = useSites().data ?? [];
  const known = [...new Set((usePractitioners().data ?? []).flatMap((p) => p.specialties))].sort();
  const users = usePages(USERS, (page) => unwrap(identity.GET('/identity/users', { params: { query: { ...page, limit: 100 } } })));
  const form = useForm<Fields>({
    initialValues: {
      name: person?.name ?? '',
      user_id: person?.user_id ?? null,
      specialties: [...(person?.specialties ?? [])],
      sites: [...(person?.sites ?? sites.slice(0, 1).map((s) => s.id))],
      languages: [...(person?.languages ?? ['es'])],
      registration_type: person?.registration_type ?? '',
      registration_number: person?.registration_number ?? '',
      active: person?.active ?? true,
    },
    validate: {
      name: (value) => (value.trim() === '' ? t('common.required') : null),
      sites: (value) => (value.length === 0 ? t('common.required') : null),
      specialties: (value) => (value.every((code) => /^[a-z][a-z0-9-]{1,39}$/.test(code)) ? null : t('admin.codeHelp')),
    },
  });
  const save = useChange(
    ['practitioners'],
    (fields: Fields) => {
      const body = {
        ...fields,
        languages: fields.languages.filter(isLanguage),
        registration_type: fields.registration_type.trim() || null,
        registration_number: fields.registration_number.trim() || null,
      };
      if (!person) {
        const params = { header: { 'Idempotency-Key': key } };
        return unwrap(appointments.POST('/appointments/practitioners', { params, body }));
      }
      const params = { path: { practitioner_id: person.id }, header: ifMatch(person.version) };
      return unwrap(appointments.PUT('/appointments/practitioners/{practitioner_id}', { params, body }));
    },
    onClose,
  );
  const submit = (fields: Fields) =>
    save.mutate(fields, {
      onError: (error) => {
        setKey(uuid7());
        form.setErrors(fieldErrors(error, t));
      },
    });
  return (
    <Form onSubmit={form.onSubmit(submit)}>
      <TextInput label={t('admin.name')} withAsterisk data-autofocus {...form.getInputProps('name')} />
      <Select
        label={t('admin.account')}
        description={t('admin.accountHelp')}
        data={(users.data ?? []).map((user) => ({ value: user.id, label: `${user.display_name} (${user.user_name})` }))}
        clearable
        searchable
        {...form.getInputProps('user_id')}
      />
      <TagsInput label={t('agenda.specialty')} description={t('admin.codeHelp')} data={known} {...form.getInputProps('specialties')} />
      <MultiSelect
        label={t('admin.sites')}
        withAsterisk
        data={sites.map((site) => ({ value: site.id, label: site.name }))}
        {...form.getInputProps('sites')}
      />
      <MultiSelect
        label={t('admin.languages')}
        data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        {...form.getInputProps('languages')}
      />
      <div className="columns-2">
        <TextInput label={t('admin.register')} {...form.getInputProps('registration_type')} />
        <TextInput label={t('admin.registration')} {...form.getInputProps('registration_number')} />
      </div>
      <Checkbox label={t('admin.active')} {...form.getInputProps('active', { type: 'checkbox' })} />
      <Refusal error={save.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      </Group>
    </Form>
  );
}
