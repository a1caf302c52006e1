import { Badge, Button, Group, Paper, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/patients';
import { useChange, useSaving } from '../../data/saving';
import { ifMatch, patients, unwrap } from '../../data/server/client';
import { Confirm, Dialog } from '../../kit/dialogs';
import { Form, FormEnd, Refusal } from '../../kit/forms';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { Listing, RowButton } from '../../kit/table';
import { currentLanguage } from '../../language/i18n';

type Surveillance = components['schemas']['Surveillance'];
type Body = Pick<Surveillance, 'added' | 'removed'>;
type Event = components['schemas']['NotifiableEvent-Output'];

const SURVEILLANCE = ['admin', 'surveillance'] as const;

/** The diseases that the health authority must be told of: the country's list, and what differs here. */
export function SurveillanceSection() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: SURVEILLANCE, queryFn: () => unwrap(patients.GET('/patients/surveillance')) });
  const [editing, setEditing] = useState<Event | 'new'>();
  return (
    <Section
      title={t('surveillance.title')}
      intro={t('surveillance.intro')}
      action={<Button onClick={() => setEditing('new')}>{t('surveillance.add')}</Button>}
    >
      <Loaded query={found}>
        {(list) => (
          <>
            <Events list={list} onEdit={setEditing} />
            <Removed list={list} />
            <Dialog
              title={t(editing === 'new' ? 'surveillance.add' : 'surveillance.edit')}
              opened={editing !== undefined}
              onClose={() => setEditing(undefined)}
            >
              {editing !== undefined && (
                <EventForm
                  list={list}
                  event={editing === 'new' ? undefined : editing}
                  onClose={() => setEditing(undefined)}
                />
              )}
            </Dialog>
          </>
        )}
      </Loaded>
    </Section>
  );
}

/** Writes the list with what changes of it. */
function put(list: Surveillance, change: Partial<Body>): Promise<Surveillance> {
  const body = { added: list.added, removed: list.removed, ...change };
  return unwrap(patients.PUT('/patients/surveillance', { params: { header: ifMatch(list.version) }, body }));
}

function useSave(list: Surveillance, onDone?: () => void) {
  return useChange(SURVEILLANCE, (change: Partial<Body>) => put(list, change), onDone);
}

interface EventsProps {
  readonly list: Surveillance;
  readonly onEdit: (event: Event) => void;
}

function Events({ list, onEdit }: EventsProps) {
  const { t } = useTranslation();
  const [leaving, setLeaving] = useState<Event>();
  const own = new Set(list.added.map((each) => each.id));
  const save = useSave(list, () => setLeaving(undefined));
  const stop = (event: Event) =>
    save.mutate(
      own.has(event.id)
        ? { added: list.added.filter((each) => each.id !== event.id) }
        : { removed: [...list.removed, event.id] },
    );
  const nameOf = (event: Event) => event.names[currentLanguage()];
  return (
    <>
      <Listing
        items={list.events}
        keyOf={(event) => event.id}
        columns={[
          {
            label: t('surveillance.disease'),
            cell: (event) => (
              <Group gap="xs">
                {nameOf(event)}
                {own.has(event.id) && (
                  <Badge variant="outline" tt="none">
                    {t('surveillance.own')}
                  </Badge>
                )}
              </Group>
            ),
          },
          {
            label: t('surveillance.codes'),
            numeric: true,
            cell: ({ icd11, icd10 }) => [codes('ICD-11', icd11), codes('ICD-10', icd10)].filter(Boolean).join(' · '),
          },
          {
            label: t('surveillance.when'),
            cell: ({ urgency }) => (
              <Badge variant="light" tt="none" color={urgency === 'immediate' ? 'orange' : 'gray'}>
                {t(`urgency.${urgency}`)}
              </Badge>
            ),
          },
          {
            label: t('common.actions'),
            quiet: true,
            cell: (event) => (
              <Group gap="xs" justify="flex-end">
                {own.has(event.id) && (
                  <RowButton label={t('common.edit')} of={nameOf(event)} onClick={() => onEdit(event)} />
                )}
                <RowButton label={t('surveillance.stop')} of={nameOf(event)} onClick={() => setLeaving(event)} />
              </Group>
            ),
          },
        ]}
      />
      {leaving && (
        <Confirm
          opened
          title={t('surveillance.stop')}
          body={t('surveillance.stopBody', { disease: nameOf(leaving) })}
          action={t('surveillance.stop')}
          busy={save.isPending}
          error={save.error}
          onConfirm={() => stop(leaving)}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </>
  );
}

function codes(system: string, prefixes: readonly string[] | undefined): string {
  return prefixes && prefixes.length > 0 ? `${system} ${prefixes.join(', ')}` : '';
}

/** Diseases of the country's list that this institution left out. */
function Removed({ list }: { readonly list: Surveillance }) {
  const { t } = useTranslation();
  const save = useSave(list);
  if (list.left_out.length === 0) return null;
  return (
    <Paper p="md">
      <Text fw={500} mb="xs">
        {t('surveillance.left')}
      </Text>
      <Group gap="xs">
        {list.left_out.map(({ id, names }) => (
          <Button
            key={id}
            size="xs"
            variant="default"
            loading={save.isPending}
            onClick={() => save.mutate({ removed: list.removed.filter((each) => each !== id) })}
          >
            {t('surveillance.restore', { disease: names[currentLanguage()] })}
          </Button>
        ))}
      </Group>
      <Refusal error={save.error} />
    </Paper>
  );
}

type Fields = {
  es: string;
  pt: string;
  en: string;
  icd11: string[];
  icd10: string[];
  urgency: Event['urgency'];
};

const PREFIX = /^[A-Z0-9][A-Z0-9.]{2,9}$/;

interface FormProps {
  readonly list: Surveillance;
  readonly event: Event | undefined;
  readonly onClose: () => void;
}

function EventForm({ list, event, onClose }: FormProps) {
  const { t } = useTranslation();
  const needed = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const prefixes = (value: readonly string[]) =>
    value.every((each) => PREFIX.test(each)) ? null : t('surveillance.codeHelp');
  const form = useForm<Fields>({
    initialValues: {
      es: event?.names.es ?? '',
      pt: event?.names.pt ?? '',
      en: event?.names.en ?? '',
      icd11: [...(event?.icd11 ?? [])],
      icd10: [...(event?.icd10 ?? [])],
      urgency: event?.urgency ?? 'weekly',
    },
    validate: {
      es: needed,
      pt: needed,
      en: needed,
      icd11: (value, { icd10 }) => (value.length + icd10.length === 0 ? t('surveillance.oneCode') : prefixes(value)),
      icd10: prefixes,
    },
  });
  const saving = useSaving(
    form,
    SURVEILLANCE,
    ({ es, pt, en, ...rest }) => {
      const id = event?.id ?? idOf(es, new Set(list.added.map((each) => each.id)));
      const made: Event = { id, names: { es: es.trim(), pt: pt.trim(), en: en.trim() }, ...rest };
      return put(list, { added: [...list.added.filter((each) => each.id !== id), made] });
    },
    onClose,
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <div className="columns-3">
        <TextInput label={t('surveillance.nameEs')} withAsterisk data-autofocus {...form.getInputProps('es')} />
        <TextInput label={t('surveillance.namePt')} withAsterisk {...form.getInputProps('pt')} />
        <TextInput label={t('surveillance.nameEn')} withAsterisk {...form.getInputProps('en')} />
      </div>
      <div className="columns-2">
        <TagsInput
          label={t('surveillance.icd11')}
          description={t('surveillance.codeHelp')}
          {...form.getInputProps('icd11')}
        />
        <TagsInput
          label={t('surveillance.icd10')}
          description={t('surveillance.codeHelp')}
          {...form.getInputProps('icd10')}
        />
      </div>
      <Select
        label={t('surveillance.when')}
        allowDeselect={false}
        data={(['immediate', 'weekly'] as const).map((value) => ({ value, label: t(`urgency.${value}`) }))}
        {...form.getInputProps('urgency')}
      />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}

/** An id from the name that no other addition has. */
function idOf(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '-')
    .slice(0, 28);
  const stem = `own-${plain || 'event'}`;
  let id = stem;
  for (let count = 2; taken.has(id); count += 1) id = `${stem}-${count}`;
  return id;
}
