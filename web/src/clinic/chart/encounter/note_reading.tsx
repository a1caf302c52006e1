import { Button, Group, Modal, Paper, Select, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../data/chart/chart';
import { NOTHING } from '../../data/notes/autosave';
import { contentOf, type Encounter, type Note } from '../../data/notes/notes';
import { Flag } from '../../kit/flag';
import { dateAndTime } from '../../language/format';
import { ContentDiff } from './diff';
import { NoteText } from './note_editor';

interface NoteReadingProps {
  readonly title: string;
  readonly note: Note;
  readonly amendments: Encounter['amendments'];
}

/** A note that is not written any more: its newest version, and the earlier ones compared. */
export function NoteReading({ title, note, amendments }: NoteReadingProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [opened, { open, close }] = useDisclosure();
  const last = note.versions.at(-1);
  if (!last) return null;
  const amendment = amendments.filter((one) => one.note === note.id).at(-1);
  return (
    <Paper component="section" p="md" aria-label={title}>
      <Group justify="space-between" mb="sm">
        <Group gap="xs">
          <Title order={3} size="h4">
            {title}
          </Title>
          {last.late && <Flag kind="unknown">{t('encounter.late')}</Flag>}
        </Group>
        {note.versions.length > 1 && (
          <Button size="xs" variant="default" leftSection={<IconHistory size={16} aria-hidden />} onClick={open}>
            {t('encounter.versions', { count: note.versions.length })}
          </Button>
        )}
      </Group>
      <Stack gap="sm">
        <NoteText content={contentOf(last)} />
        <Text size="xs" c="dimmed" className="numeric">
          {t('encounter.written', { name: nameOf(last.author), at: dateAndTime(last.written_at) })}
        </Text>
        {amendment && (
          <Text size="sm">
            {t('encounter.amendedBecause', {
              name: nameOf(amendment.by),
              at: dateAndTime(amendment.at),
              reason: amendment.reason,
            })}
          </Text>
        )}
      </Stack>
      <Modal
        opened={opened}
        onClose={close}
        size="xl"
        title={t('encounter.versionsTitle')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Compare note={note} amendments={amendments} />
      </Modal>
    </Paper>
  );
}

/** Two versions of a note against each other; at first the newest against the one before. */
function Compare({ note, amendments }: Omit<NoteReadingProps, 'title'>) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [after, setAfter] = useState(note.versions.at(-1)?.version ?? 1);
  const [before, setBefore] = useState(note.versions.at(-2)?.version ?? 0);
  const version = (number: number) => note.versions.find((one) => one.version === number);
  const content = (number: number) => {
    const found = version(number);
    return found ? contentOf(found) : NOTHING;
  };
  const options = note.versions.map((one) => ({
    value: String(one.version),
    label: t('encounter.versionOf', {
      version: one.version,
      name: nameOf(one.author),
      at: dateAndTime(one.written_at),
    }),
  }));
  const why = amendments.find((one) => one.note === note.id && one.version === after);
  return (
    <Stack>
      <div className="columns-2">
        <Select
          label={t('encounter.before')}
          allowDeselect={false}
          data={options}
          value={String(before)}
          onChange={(value) => setBefore(Number(value))}
        />
        <Select
          label={t('encounter.after')}
          allowDeselect={false}
          data={options}
          value={String(after)}
          onChange={(value) => setAfter(Number(value))}
        />
      </div>
      {why && (
        <Text>
          {t('encounter.amendedBecause', { name: nameOf(why.by), at: dateAndTime(why.at), reason: why.reason })}
        </Text>
      )}
      <ContentDiff before={content(before)} after={content(after)} />
    </Stack>
  );
}
