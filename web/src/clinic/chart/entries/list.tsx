import { ActionIcon, Button, Group, Menu, Modal, Paper, Stack, Switch, Text, Title } from '@mantine/core';
import {
  IconAlertTriangle,
  IconDots,
  IconHome,
  IconListDetails,
  IconPill,
  IconPlus,
  IconScissors,
  IconSignature,
  IconUsersGroup,
  IconVaccine,
  type Icon,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { chartKey, useNames } from '../../data/chart/chart';
import { type Entry, type KindName, listEntries } from '../../data/chart/entries';
import { useFormTitles } from '../../data/chart/forms';
import { usePartialPages } from '../../data/pages';
import { Flag } from '../../kit/flag';
import { Empty, Loaded } from '../../kit/states';
import { Withheld } from '../../kit/withheld';
import { dateAndTime } from '../../language/format';
import classes from '../base/chart.module.css';
import { ConsentEvidence } from './consent_evidence';
import { EntryForm } from './form';
import { isError, type Field, type Kind } from './model';
import { shown } from './shown';
import type { FormValues } from './values';
import { Versions } from './versions';
import { VoidForm } from './void';

interface EntryListProps {
  readonly patientId: string;
  readonly kind: Kind;
}

type Doing =
  | { readonly what: 'add'; readonly initial?: FormValues }
  | { readonly what: 'edit' | 'void' | 'versions'; readonly entry: Entry };

/** One kind of entries: what is in force first, the past on request; adding, revising, voiding. */
export function EntryList({ patientId, kind }: EntryListProps) {
  const { t } = useTranslation();
  const [past, setPast] = useState(false);
  // The chart's first screen leads here to write the first one.
  const [asked] = useSearchParams();
  const [doing, setDoing] = useState<Doing | undefined>(asked.has('add') ? { what: 'add' } : undefined);
  const list = usePartialPages<Entry>(chartKey(patientId, 'entries', kind.name), (cursor) =>
    listEntries(patientId, kind.name, cursor),
  );
  const title = t(`lists.title.${kind.name}`);
  return (
    <Stack component="section" aria-label={title}>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {title}
        </Title>
        <Group>
          <Switch
            label={t('lists.showPast')}
            checked={past}
            onChange={(event) => setPast(event.currentTarget.checked)}
          />
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ what: 'add' })}>
            {t('lists.add')}
          </Button>
        </Group>
      </Group>
      <Loaded query={list}>
        {({ items, withheld }) => {
          const current = items.filter((one) => past || !kind.ended(one));
          return (
            <>
              <Withheld count={withheld} />
              {current.length === 0 ? (
                <Nothing
                  kind={kind}
                  past={items.length}
                  onAdd={(initial) => setDoing({ what: 'add', ...(initial && { initial }) })}
                />
              ) : (
                <ul className={classes.rows}>
                  {current.map((one) => (
                    <Row key={one.id} kind={kind} entry={one} onDo={(what) => setDoing({ what, entry: one })} />
                  ))}
                </ul>
              )}
            </>
          );
        }}
      </Loaded>
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('chart.more')}
        </Button>
      )}
      <Dialogs patientId={patientId} kind={kind} doing={doing} onDone={() => setDoing(undefined)} />
    </Stack>
  );
}

interface DialogsProps extends EntryListProps {
  readonly doing: Doing | undefined;
  readonly onDone: () => void;
}

function Dialogs({ patientId, kind, doing, onDone }: DialogsProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={doing !== undefined}
      onClose={onDone}
      size="lg"
      closeOnClickOutside={false}
      title={doing && t(`lists.doing.${doing.what}`, { kind: t(`lists.title.${kind.name}`) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {doing?.what === 'add' && (
        <EntryForm
          patientId={patientId}
          kind={kind}
          onDone={onDone}
          {...(doing.initial && { initial: doing.initial })}
        />
      )}
      {doing?.what === 'edit' && <EntryForm patientId={patientId} kind={kind} entry={doing.entry} onDone={onDone} />}
      {doing?.what === 'void' && <VoidForm patientId={patientId} kind={kind} entry={doing.entry} onDone={onDone} />}
      {doing?.what === 'versions' && <Versions kind={kind} entry={doing.entry} />}
    </Modal>
  );
}

const ICONS: Readonly<Record<KindName, Icon>> = {
  problems: IconListDetails,
  allergies: IconAlertTriangle,
  medications: IconPill,
  immunizations: IconVaccine,
  procedures: IconScissors,
  'family-history': IconUsersGroup,
  'social-history': IconHome,
  consents: IconSignature,
};

interface NothingProps {
  readonly kind: Kind;
  /** How many entries are in the past, out of sight. */
  readonly past: number;
  readonly onAdd: (initial?: FormValues) => void;
}

function Nothing({ kind, past, onAdd }: NothingProps) {
  const { t } = useTranslation();
  const none = { type: 'none_known', text: t('chart.allergiesNone'), verification: 'confirmed' };
  return (
    <Paper p="lg">
      <Empty
        icon={ICONS[kind.name]}
        title={t('lists.empty')}
        body={past > 0 ? t('lists.emptyPast', { count: past }) : t('lists.emptyBody')}
      >
        <Group justify="center">
          <Button variant="light" onClick={() => onAdd()}>
            {t('lists.add')}
          </Button>
          {kind.name === 'allergies' && (
            <Button variant="light" onClick={() => onAdd(none)}>
              {t('lists.noneKnown')}
            </Button>
          )}
        </Group>
      </Empty>
    </Paper>
  );
}

interface RowProps {
  readonly kind: Kind;
  readonly entry: Entry;
  readonly onDo: (what: 'edit' | 'void' | 'versions') => void;
}

function Row({ kind, entry, onDo }: RowProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const titleOf = useFormTitles(kind.name === 'consents');
  const facts = kind.facts
    .map((name) => kind.fields.find((field) => field.name === name))
    .filter((field): field is Field => field !== undefined)
    .map((field) => [field, shown(field, entry, t, titleOf)] as const)
    .filter(([, value]) => value !== '');
  return (
    <li className={classes.row} data-ended={kind.ended(entry) || undefined}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text fw={600} td={isError(kind, entry) ? 'line-through' : undefined} style={{ overflowWrap: 'anywhere' }}>
              {entry.text}
            </Text>
            {entry.sensitivity.map((label) => (
              <Flag key={label} kind="unknown">
                {t(`lists.label.${label}`)}
              </Flag>
            ))}
          </Group>
          <Text size="sm" className="numeric" style={{ overflowWrap: 'anywhere' }}>
            {facts
              .map(([field, value]) => t('lists.fact', { field: t(`lists.field.${field.name}`), value }))
              .join(' · ')}
          </Text>
          {'diagnoses' in entry && <Warnings entry={entry} />}
          {'evidence' in entry && <ConsentEvidence entry={entry} />}
          {entry.comment !== '' && (
            <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {entry.comment}
            </Text>
          )}
          <Text size="xs" c="dimmed" className="numeric">
            {t('lists.recorded', {
              name: nameOf(entry.recorded_by),
              at: dateAndTime(entry.recorded_at),
              version: entry.version,
            })}
          </Text>
        </div>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" aria-label={t('lists.actions', { text: entry.text })}>
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onDo('edit')}>{t('lists.edit')}</Menu.Item>
            <Menu.Item onClick={() => onDo('versions')}>{t('lists.versions')}</Menu.Item>
            {!isError(kind, entry) && <Menu.Item onClick={() => onDo('void')}>{t('lists.void')}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      </Group>
    </li>
  );
}

function Warnings({ entry }: { readonly entry: Extract<Entry, { diagnoses: unknown }> }) {
  const { t } = useTranslation();
  const unsure = entry.diagnoses.flatMap(({ codes }) => codes).filter(({ warning }) => warning !== null);
  if (unsure.length === 0) return null;
  return (
    <Text size="sm" c="var(--ts-sun)">
      {t('problems.unverified', { codes: unsure.map(({ code }) => code).join(', ') })}
    </Text>
  );
}
