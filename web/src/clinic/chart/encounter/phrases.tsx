/** One's own phrases and templates beside the note: put one in, take it back, keep the book. */
import { ActionIcon, Button, Group, Modal, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconPencil, IconPlus, IconTextPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NOTHING, type Content } from '../../data/notes/autosave';
import { isBlank } from '../../data/notes/notes';
import {
  inserted,
  matching,
  PARTS,
  takenBack,
  usePhrases,
  useSavePhrases,
  type Part,
  type Phrase,
  type PhraseBook,
} from '../../data/phrases';
import { Refusal } from '../../kit/forms';
import { Empty, Loaded } from '../../kit/states';
import classes from './encounter.module.css';

const LONGEST_NAME = 60;
const LONGEST = 4000;

interface PhrasesProps {
  readonly content: Content;
  /** The part in which one wrote last. */
  readonly writing: Part;
  readonly onWrite: (part: Partial<Content>) => void;
  /** What the note says when something is taken back. */
  readonly now: () => Content;
}

export function Phrases({ content, writing, onWrite, now }: PhrasesProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  const put = (phrase: Phrase) => {
    const before = content;
    const parts = inserted(before, phrase, writing);
    onWrite(parts);
    close();
    const id = notifications.show({
      message: (
        <Group justify="space-between">
          {t('phrases.inserted', { name: phrase.name })}
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              onWrite(takenBack(before, parts, now()));
              notifications.hide(id);
            }}
          >
            {t('phrases.undo')}
          </Button>
        </Group>
      ),
      autoClose: 12_000,
    });
  };
  return (
    <>
      <Button variant="subtle" size="xs" leftSection={<IconTextPlus size={16} aria-hidden />} onClick={open}>
        {t('phrases.title')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        size="lg"
        title={t('phrases.title')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {opened && <Book content={content} onPut={put} />}
      </Modal>
    </>
  );
}

interface BookProps {
  readonly content: Content;
  readonly onPut: (phrase: Phrase) => void;
}

function Book({ content, onPut }: BookProps) {
  return <Loaded query={usePhrases()}>{(book) => <Opened book={book} content={content} onPut={onPut} />}</Loaded>;
}

function Opened({ book, content, onPut }: BookProps & { readonly book: PhraseBook }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  /** The place in the book of what is edited; one past its end is a new one. */
  const [edited, setEdited] = useState<{ readonly at: number; readonly phrase: Phrase }>();
  const saving = useSavePhrases(() => setEdited(undefined));
  const save = (items: readonly Phrase[]) => saving.mutate({ items: [...items], version: book.version });
  const begin = (phrase: Phrase) => setEdited({ at: book.items.length, phrase });
  if (edited)
    return (
      <PhraseForm
        first={edited.phrase}
        busy={saving.isPending}
        error={saving.error}
        onCancel={() => setEdited(undefined)}
        onSave={(phrase) => save([...book.items.slice(0, edited.at), phrase, ...book.items.slice(edited.at + 1)])}
      />
    );
  const found = matching(book.items, typed);
  return (
    <Stack>
      {book.items.length > 0 && (
        <TextInput
          data-autofocus
          label={t('phrases.find')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key === 'Enter' && first) onPut(first);
          }}
        />
      )}
      {book.items.length === 0 && <Empty icon={IconTextPlus} title={t('phrases.none')} body={t('phrases.noneBody')} />}
      <ul className={classes.phrases}>
        {found.map((phrase) => (
          <Paper component="li" key={phrase.name} className={classes.phrase}>
            <button type="button" className={classes.phraseName} onClick={() => onPut(phrase)}>
              <strong>{phrase.name}</strong>
              <Text size="sm" c="dimmed" lineClamp={2}>
                {PARTS.map((part) => phrase[part])
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </button>
            <ActionIcon
              variant="subtle"
              aria-label={t('phrases.edit', { name: phrase.name })}
              onClick={() => setEdited({ at: book.items.indexOf(phrase), phrase })}
            >
              <IconPencil size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={t('phrases.remove', { name: phrase.name })}
              loading={saving.isPending}
              onClick={() => save(book.items.filter((each) => each !== phrase))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Paper>
        ))}
      </ul>
      <Refusal error={saving.error} />
      <Group>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => begin({ name: '', ...NOTHING })}
        >
          {t('phrases.add')}
        </Button>
        {!isBlank(content) && (
          <Button variant="default" size="xs" onClick={() => begin({ name: '', ...content })}>
            {t('phrases.fromNote')}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {t('phrases.noPatient')}
      </Text>
    </Stack>
  );
}

interface PhraseFormProps {
  readonly first: Phrase;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onCancel: () => void;
  readonly onSave: (phrase: Phrase) => void;
}

function PhraseForm({ first, busy, error, onCancel, onSave }: PhraseFormProps) {
  const { t } = useTranslation();
  const [phrase, setPhrase] = useState(first);
  const says = PARTS.some((part) => phrase[part].trim() !== '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave({ ...phrase, name: phrase.name.trim() });
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          required
          label={t('phrases.name')}
          maxLength={LONGEST_NAME}
          value={phrase.name}
          onChange={(event) => setPhrase({ ...phrase, name: event.currentTarget.value })}
        />
        {PARTS.map((part) => (
          <Textarea
            key={part}
            label={part === 'text' ? t('phrases.anywhere') : t(`encounter.section.${part}`)}
            autosize
            minRows={part === 'text' ? 2 : 1}
            maxLength={LONGEST}
            value={phrase[part]}
            onChange={(event) => setPhrase({ ...phrase, [part]: event.currentTarget.value })}
          />
        ))}
        <Refusal error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={phrase.name.trim() === '' || !says}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
