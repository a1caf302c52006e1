import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { time } from '../language/format';
import type { NoteEditor } from './use_note';

/** The note with its saving state in sight; a clash shows both texts and loses neither. */
export function NotePanel({ note }: { readonly note: NoteEditor }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Textarea
        label={t('room.noteLabel')}
        autosize
        minRows={12}
        maxRows={26}
        maxLength={50_000}
        value={note.text}
        onChange={(event) => note.write(event.currentTarget.value)}
      />
      <Text size="sm" c={note.state === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'} role="status">
        {label(note, t)}
      </Text>
      {note.state === 'conflict' && note.theirs && (
        <Alert color="yellow" role="alert">
          <Stack>
            <Text>{t('room.conflict')}</Text>
            <Text style={{ whiteSpace: 'pre-wrap' }}>{note.theirs.text}</Text>
            <Group>
              <Button size="xs" onClick={() => note.resolve('mine')}>
                {t('room.keepMine')}
              </Button>
              <Button size="xs" variant="default" onClick={() => note.resolve('theirs')}>
                {t('room.takeTheirs')}
              </Button>
            </Group>
          </Stack>
        </Alert>
      )}
    </Stack>
  );
}

function label(note: NoteEditor, t: TFunction): string {
  switch (note.state) {
    case 'saving':
      return t('room.saving');
    case 'unsaved':
    case 'conflict':
      return t('room.unsaved');
    case 'failed':
      return t('room.saveFailed');
    case 'saved':
      return note.savedAt ? t('room.saved', { time: time(note.savedAt) }) : '';
  }
}
