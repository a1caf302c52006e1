import { Alert, Button, Group, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefresh } from '../../data/chart/chart';
import { NOTHING, same, SECTIONS, type Content } from '../../data/notes/autosave';
import { contentOf, isAddendum, type Encounter, type Note } from '../../data/notes/notes';
import { amend } from '../../data/notes/steps';
import { useOnce } from '../../kit/once';
import { explain } from '../../language/refusals';
import { ContentDiff } from './diff';
import classes from './encounter.module.css';

const SHORTEST_REASON = 5;

interface AmendProps {
  readonly encounter: Encounter;
  readonly onDone: () => void;
}

/** A new version of a note of a finalised encounter: why, and what it changes, in sight before. */
export function Amend({ encounter, onDone }: AmendProps) {
  const { t } = useTranslation();
  const notes = encounter.notes.filter((note) => !isAddendum(note));
  const [chosen, setChosen] = useState(notes[0]?.id);
  const note = notes.find(({ id }) => id === chosen);
  return (
    <Stack>
      <Text>{t('encounter.amendBody')}</Text>
      {notes.length > 1 && (
        <Select
          label={t('encounter.amendWhich')}
          allowDeselect={false}
          data={notes.map(({ id }, index) => ({ value: id, label: t('encounter.noteNumber', { number: index + 1 }) }))}
          value={chosen ?? null}
          onChange={(id) => id !== null && setChosen(id)}
        />
      )}
      {note && <AmendNote key={note.id} encounter={encounter} note={note} onDone={onDone} />}
    </Stack>
  );
}

function AmendNote({ encounter, note, onDone }: AmendProps & { readonly note: Note }) {
  const { t } = useTranslation();
  const refresh = useRefresh(encounter.patient);
  const once = useOnce();
  const last = note.versions.at(-1);
  const before = last ? contentOf(last) : NOTHING;
  const [content, setContent] = useState<Content>(before);
  const [reason, setReason] = useState('');
  const amending = useMutation({
    mutationFn: () => amend(encounter, note, content, reason.trim(), once),
    onSuccess: async () => {
      await refresh();
      onDone();
    },
    onError: refresh,
  });
  const changed = !same(before, content);
  const parts = (['text', ...SECTIONS] as const).filter((part) => part !== 'text' || before.text !== '');
  return (
    <Stack>
      <div className="columns-2">
        {parts.map((part) => (
          <Textarea
            key={part}
            label={t(`encounter.section.${part}`)}
            autosize
            minRows={3}
            maxLength={50_000}
            value={content[part]}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setContent((now) => ({ ...now, [part]: value }));
            }}
          />
        ))}
      </div>
      <TextInput
        label={t('encounter.amendReason')}
        description={t('encounter.amendReasonHint')}
        withAsterisk
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {changed && (
        <section className={classes.version} aria-label={t('encounter.difference')}>
          <Title order={3} size="h6">
            {t('encounter.difference')}
          </Title>
          <ContentDiff before={before} after={content} />
        </section>
      )}
      <div role="alert">{amending.isError && <Alert color="red">{explain(amending.error, t)}</Alert>}</div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button
          disabled={!changed || reason.trim().length < SHORTEST_REASON}
          loading={amending.isPending}
          onClick={() => amending.mutate()}
        >
          {t('encounter.amend')}
        </Button>
      </Group>
    </Stack>
  );
}
