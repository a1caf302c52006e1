import { Alert, Button, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { IconCheck, IconCloudOff, IconDeviceFloppy, IconExclamationCircle, IconPencil } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../data/chart/chart';
import { SECTIONS, type Autosave, type Content, type Saved, type State } from '../../data/notes/autosave';
import { contentOf, isAddendum, isBlank, readEncounter } from '../../data/notes/notes';
import { useAutosave } from '../../data/notes/use_autosave';
import type { Part } from '../../data/phrases';
import { time } from '../../language/format';
import { explain } from '../../language/refusals';
import { ContentDiff } from './diff';
import classes from './encounter.module.css';
import { Phrases } from './phrases';

const LONGEST = 50_000;

interface NoteEditorProps {
  readonly title: string;
  readonly make: () => Autosave;
  /** The newest version that the page has read. */
  readonly newest: Saved | null;
  /** Tells the page of the editor, so that signing saves first. */
  readonly register: (autosave: Autosave) => void;
  /** The encounter was signed meanwhile; the page has to show that. */
  readonly onClosed: () => Promise<void>;
  /** The encounter before, whose note an empty one may begin with. */
  readonly previous: string | undefined;
}

/** A note in four sections and a narrative, with its saving state in sight. */
export function NoteEditor({ title, make, newest, register, onClosed, previous }: NoteEditorProps) {
  const { t } = useTranslation();
  const [autosave, state] = useAutosave(make);
  const { content, phase } = state;
  const [narrative, setNarrative] = useState(content.text !== '');
  const [writing, setWriting] = useState<Part>('plan');
  useEffect(() => register(autosave), [register, autosave]);
  useEffect(() => {
    if (newest) autosave.seen(newest);
  }, [autosave, newest]);
  const closed = useEffectEvent(onClosed);
  useEffect(() => {
    if (phase === 'closed') void closed();
  }, [phase]); // once for each time that it happens
  return (
    <Paper component="section" p="md" aria-label={title}>
      <Group justify="space-between" mb="sm">
        <Title order={3} size="h4">
          {title}
        </Title>
        <SavingState state={state} />
      </Group>
      <Stack>
        {state.restored && <Alert color="blue">{t('encounter.restored')}</Alert>}
        {(narrative || content.text !== '') && (
          <Textarea
            label={t('encounter.section.text')}
            autosize
            minRows={4}
            maxLength={LONGEST}
            value={content.text}
            onFocus={() => setWriting('text')}
            onChange={(event) => autosave.write({ text: event.currentTarget.value })}
          />
        )}
        <div className={classes.parts}>
          {SECTIONS.map((section) => (
            <Textarea
              key={section}
              label={t(`encounter.section.${section}`)}
              description={t(`encounter.help.${section}`)}
              autosize
              minRows={5}
              maxLength={LONGEST}
              value={content[section]}
              onFocus={() => setWriting(section)}
              onChange={(event) => autosave.write({ [section]: event.currentTarget.value })}
            />
          ))}
        </div>
        <Group gap="xs">
          {!narrative && content.text === '' && (
            <Button variant="subtle" size="xs" onClick={() => setNarrative(true)}>
              {t('encounter.addNarrative')}
            </Button>
          )}
          <Phrases
            content={content}
            writing={writing}
            onWrite={(parts) => autosave.write(parts)}
            now={() => autosave.state().content}
          />
          {previous !== undefined && isBlank(content) && (
            <CopyForward encounter={previous} onCopied={(copied) => autosave.write(copied)} />
          )}
        </Group>
        {phase === 'conflict' && <Conflict state={state} onResolve={(keep) => void autosave.resolve(keep)} />}
        {phase === 'refused' && (
          <Alert color="red" role="alert">
            {explain(state.error, t)}
          </Alert>
        )}
      </Stack>
    </Paper>
  );
}

interface CopyForwardProps {
  readonly encounter: string;
  readonly onCopied: (content: Content) => void;
}

/** Begins the note with what the encounter before said; only when it is asked for. */
function CopyForward({ encounter, onCopied }: CopyForwardProps) {
  const { t } = useTranslation();
  const copying = useMutation({
    mutationFn: () => readEncounter(encounter),
    onSuccess: ({ notes }) => {
      const written = notes.filter((note) => !isAddendum(note)).flatMap((note) => note.versions.slice(-1));
      const last = written.map(contentOf).find((content) => !isBlank(content));
      if (last) onCopied(last);
    },
  });
  return (
    <>
      <Button variant="subtle" size="xs" loading={copying.isPending} onClick={() => copying.mutate()}>
        {t('encounter.copyForward')}
      </Button>
      {copying.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {explain(copying.error, t)}
        </Text>
      )}
    </>
  );
}

function SavingState({ state }: { readonly state: State }) {
  const { t } = useTranslation();
  const { phase, base, kept } = state;
  const calm = phase === 'saved' || phase === 'saving' || phase === 'unsaved';
  const Icon =
    { saved: IconCheck, saving: IconDeviceFloppy, unsaved: IconPencil, offline: IconCloudOff }[phase as string] ??
    IconExclamationCircle;
  const nothing = phase === 'saved' && base === null;
  return (
    <Group gap={6} wrap="nowrap" c={calm ? 'dimmed' : 'var(--ts-clay)'}>
      {!nothing && <Icon size={18} aria-hidden style={{ flex: 'none' }} />}
      <Text size="sm" role="status" data-phase={phase}>
        {phase === 'saved' && (base ? t('encounter.saved', { time: time(base.at) }) : '')}
        {phase === 'saving' && t('encounter.saving')}
        {phase === 'unsaved' && t('encounter.unsaved')}
        {phase === 'offline' && (kept ? t('encounter.offline') : t('encounter.offlineHere'))}
        {phase === 'signed-out' && (kept ? t('encounter.signedOut') : t('encounter.offlineHere'))}
        {(phase === 'conflict' || phase === 'closed' || phase === 'refused') && t('encounter.notSaved')}
      </Text>
    </Group>
  );
}

interface ConflictProps {
  readonly state: State;
  readonly onResolve: (keep: 'mine' | 'theirs' | 'both') => void;
}

/** Both texts, and three ways on; each keeps both among the note's versions. */
function Conflict({ state, onResolve }: ConflictProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { theirs, content } = state;
  if (!theirs) return null;
  return (
    <Alert color="yellow" role="alert" title={t('encounter.conflictTitle')}>
      <Stack>
        <Text>{t('encounter.conflictBody', { name: nameOf(theirs.author), time: time(theirs.at) })}</Text>
        <div className={classes.compare}>
          <Version title={t('encounter.theirs')} content={theirs.content} />
          <Version title={t('encounter.mine')} content={content} />
        </div>
        <details>
          <summary>{t('encounter.difference')}</summary>
          <ContentDiff before={theirs.content} after={content} />
        </details>
        <Group>
          <Button size="xs" onClick={() => onResolve('both')}>
            {t('encounter.keepBoth')}
          </Button>
          <Button size="xs" variant="default" onClick={() => onResolve('mine')}>
            {t('encounter.keepMine')}
          </Button>
          <Button size="xs" variant="default" onClick={() => onResolve('theirs')}>
            {t('encounter.keepTheirs')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Version({ title, content }: { readonly title: string; readonly content: Content }) {
  return (
    <section className={classes.version} aria-label={title}>
      <Title order={4} size="h6">
        {title}
      </Title>
      <NoteText content={content} />
    </section>
  );
}

/** A note to read: its sections with their names. */
export function NoteText({ content }: { readonly content: Content }) {
  const { t } = useTranslation();
  if (isBlank(content)) return <Text c="dimmed">{t('chart.noText')}</Text>;
  const filled = (['text', ...SECTIONS] as const).filter((part) => content[part].trim() !== '');
  return filled.map((part) => (
    <div key={part}>
      {(filled.length > 1 || part !== 'text') && (
        <Text size="sm" fw={600} c="dimmed">
          {t(`encounter.section.${part}`)}
        </Text>
      )}
      <Text className={classes.prose}>{content[part]}</Text>
    </div>
  ));
}
