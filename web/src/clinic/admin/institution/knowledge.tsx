import { Alert, Badge, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirmTable, KNOWLEDGE, useKnowledge, type PlacedTable } from '../../data/knowledge';
import { useSaving } from '../../data/saving';
import { Dialog } from '../../kit/dialogs';
import { Form, FormEnd } from '../../kit/forms';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { Listing, RowButton } from '../../kit/table';
import { dateAndTime } from '../../language/format';
import { currentLanguage } from '../../language/i18n';
import { tableName } from '../../language/known_tables';

/** The tables by which the product judges: version, source, and whose eyes they had. */
export function KnowledgePage() {
  const { t } = useTranslation();
  const found = useKnowledge();
  const [confirming, setConfirming] = useState<PlacedTable>();
  return (
    <Stack maw={1100}>
      <Section title={t('knowledge.title')} intro={t('knowledge.intro')}>
        <Loaded query={found} rows={8}>
          {({ tables, classifications }) => (
            <Stack>
              <Open tables={tables} />
              {classifications.map(({ name, release }) => (
                <Text key={name} size="sm">
                  {release == null ? t('knowledge.noIcd11') : t('knowledge.icd11', { release })}
                </Text>
              ))}
              <Listing
                items={tables}
                keyOf={(table) => `${table.context} ${table.id}`}
                columns={[
                  { label: t('knowledge.table'), cell: (table) => <Named table={table} /> },
                  {
                    label: t('knowledge.source'),
                    cell: (table) => (
                      <Text size="sm">
                        {[table.source, table.own ? t('knowledge.own') : ''].filter(Boolean).join('. ')}
                      </Text>
                    ),
                  },
                  {
                    label: t('knowledge.version'),
                    numeric: true,
                    cell: (table) => (
                      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                        {table.version}
                      </Text>
                    ),
                  },
                  { label: t('knowledge.state'), cell: (table) => <State table={table} /> },
                  {
                    label: t('common.actions'),
                    quiet: true,
                    cell: (table) => (
                      <RowButton
                        label={t('knowledge.confirm')}
                        of={nameOf(table, t)}
                        onClick={() => setConfirming(table)}
                      />
                    ),
                  },
                ]}
              />
            </Stack>
          )}
        </Loaded>
      </Section>
      <Dialog title={t('knowledge.confirm')} opened={confirming !== undefined} onClose={() => setConfirming(undefined)}>
        {confirming && <ConfirmForm table={confirming} onClose={() => setConfirming(undefined)} />}
      </Dialog>
    </Stack>
  );
}

function nameOf(table: PlacedTable, t: TFunction): string {
  return tableName(table.id, t);
}

function confirmed(table: PlacedTable): boolean {
  return table.confirmation?.version === table.version;
}

function Open({ tables }: { readonly tables: readonly PlacedTable[] }) {
  const { t } = useTranslation();
  const count = tables.filter((table) => !confirmed(table)).length;
  if (count === 0) return <Alert color="green">{t('knowledge.all')}</Alert>;
  return <Alert color="yellow">{t('knowledge.open', { count })}</Alert>;
}

function Named({ table }: { readonly table: PlacedTable }) {
  const { t } = useTranslation();
  const regions = new Intl.DisplayNames([currentLanguage()], { type: 'region' });
  return (
    <>
      <Text fw={600}>{nameOf(table, t)}</Text>
      <Text size="sm" c="dimmed">
        {t('knowledge.by', { who: t(`knowledge.who.${table.confirm}`) })}
      </Text>
      {table.countries.length > 0 && (
        <Text size="sm" c="dimmed">
          {table.countries.map((code) => regions.of(code) ?? code).join(', ')}
        </Text>
      )}
    </>
  );
}

function State({ table }: { readonly table: PlacedTable }) {
  const { t } = useTranslation();
  const { confirmation } = table;
  const state = confirmed(table) ? 'confirmed' : confirmation ? 'changed' : 'unconfirmed';
  return (
    <>
      <Badge variant="light" tt="none" color={state === 'confirmed' ? 'green' : 'orange'}>
        {t(`knowledge.states.${state}`)}
      </Badge>
      {confirmation && (
        <Text size="sm" c="dimmed">
          {t('knowledge.confirmedBy', { who: confirmation.confirmed_by, day: dateAndTime(confirmation.recorded_at) })}
        </Text>
      )}
    </>
  );
}

interface ConfirmProps {
  readonly table: PlacedTable;
  readonly onClose: () => void;
}

function ConfirmForm({ table, onClose }: ConfirmProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { who: '' },
    validate: { who: (value) => (value.trim() === '' ? t('common.required') : null) },
  });
  const saving = useSaving(form, KNOWLEDGE, ({ who }, once) => confirmTable(table, who.trim(), once), onClose);
  return (
    <Form onSubmit={saving.onSubmit}>
      <Text>{t('knowledge.confirmBody', { table: nameOf(table, t), version: table.version })}</Text>
      <TextInput
        label={t('knowledge.person', { who: t(`knowledge.who.${table.confirm}`) })}
        description={t('knowledge.personHelp')}
        withAsterisk
        data-autofocus
        {...form.getInputProps('who')}
      />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
