import { Button, Checkbox, MultiSelect, NumberInput, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { usePractitioners, useSites, type Practitioner } from '../../data/agenda';
import { useSaving } from '../../data/saving';
import { appointments, ifMatch, unwrap } from '../../data/server/client';
import { useUsers } from '../../data/users';
import { Form, FormEnd } from '../../kit/forms';
import { orNull } from '../../kit/or_null';
import { Active, Catalogue } from '../../kit/table';
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from '../../language/i18n';
import { SPECIALTIES, specialtyCode, specialtyName, specialtyOptions } from '../../language/specialties';
import { CODE, MOST_OVERBOOKED } from './categories';

/** Who owns an agenda, where, and the account he signs in with. */
export function PractitionersPage() {
  const { t } = useTranslation();
  const sites = useSites().data ?? [];
  const [all, setAll] = useState(false);
  return (
    <Catalogue
      query={usePractitioners()}
      texts={{
        title: t('admin.agendas'),
        intro: t('admin.agendasIntro'),
        add: t('admin.newPractitioner'),
        edit: t('admin.editPractitioner'),
      }}
      keyOf={(person) => person.id}
      nameOf={(person) => person.name}
      shows={(person) => all || person.active}
      columns={[
        { label: t('admin.name'), cell: (person) => <Text fw={600}>{person.name}</Text> },
        { label: t('agenda.specialty'), cell: (person) => person.specialties.map(specialtyName).join(', ') },
        {
          label: t('admin.sites'),
          cell: (person) => person.sites.map((id) => sites.find((s) => s.id === id)?.name).join(', '),
        },
        { label: t('admin.state'), cell: (person) => <Active active={person.active} /> },
      ]}
      more={(person) => (
        <Button
          size="xs"
          component={Link}
          to={person.id}
          variant="light"
          aria-label={`${t('admin.hours')}: ${person.name}`}
        >
          {t('admin.hours')}
        </Button>
      )}
      form={(person, close) => <PractitionerForm person={person} onClose={close} />}
    >
      <Checkbox
        label={t('admin.withInactive')}
        checked={all}
        onChange={(event) => setAll(event.currentTarget.checked)}
      />
    </Catalogue>
  );
}

type Fields = {
  name: string;
  user_id: string | null;
  specialties: string[];
  sites: string[];
  languages: string[];
  registration_type: string;
  registration_number: string;
  overbooking: number;
  active: boolean;
};

function PractitionerForm({
  person,
  onClose,
}: {
  readonly person: Practitioner | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const sites = useSites().data ?? [];
  const used = (usePractitioners().data ?? []).flatMap((p) => p.specialties);
  const known = specialtyOptions([...new Set([...SPECIALTIES, ...used])]).map(({ label }) => label);
  const users = useUsers();
  const form = useForm<Fields>({
    initialValues: {
      name: person?.name ?? '',
      user_id: person?.user_id ?? null,
      specialties: (person?.specialties ?? []).map(specialtyName),
      sites: [...(person?.sites ?? sites.slice(0, 1).map((s) => s.id))],
      languages: [...(person?.languages ?? ['es'])],
      registration_type: person?.registration_type ?? '',
      registration_number: person?.registration_number ?? '',
      overbooking: person?.overbooking ?? 0,
      active: person?.active ?? true,
    },
    validate: {
      name: (value) => (value.trim() === '' ? t('common.required') : null),
      sites: (value) => (value.length === 0 ? t('common.required') : null),
      specialties: (value) => (value.every((name) => CODE.test(specialtyCode(name))) ? null : t('field.invalid')),
    },
  });
  const saving = useSaving(
    form,
    ['practitioners'],
    (fields, header) => {
      const body = {
        ...fields,
        specialties: fields.specialties.map(specialtyCode),
        languages: fields.languages.filter(isLanguage),
        registration_type: orNull(fields.registration_type),
        registration_number: orNull(fields.registration_number),
      };
      if (!person) return unwrap(appointments.POST('/appointments/practitioners', { params: { header }, body }));
      const params = { path: { practitioner_id: person.id }, header: ifMatch(person.version) };
      return unwrap(appointments.PUT('/appointments/practitioners/{practitioner_id}', { params, body }));
    },
    onClose,
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <TextInput label={t('admin.name')} withAsterisk data-autofocus {...form.getInputProps('name')} />
      <Select
        label={t('admin.account')}
        description={t('admin.accountHelp')}
        data={users.map((user) => ({ value: user.id, label: `${user.display_name} (${user.user_name})` }))}
        clearable
        searchable
        {...form.getInputProps('user_id')}
      />
      <TagsInput
        label={t('agenda.specialty')}
        description={t('admin.specialtyHelp')}
        data={known}
        {...form.getInputProps('specialties')}
      />
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
      <NumberInput
        label={t('admin.overbooking')}
        description={t('admin.overbookingHelp')}
        min={0}
        max={MOST_OVERBOOKED}
        allowDecimal={false}
        {...form.getInputProps('overbooking')}
      />
      <Checkbox label={t('common.active')} {...form.getInputProps('active', { type: 'checkbox' })} />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
