import { Alert, Button, Skeleton, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { chartKey, useRefresh, useSummary } from '../../data/chart/chart';
import { Autosave, SECTIONS, type Content as NoteContent, type Draft } from '../../data/notes/autosave';
import { draftsIn, draftsOf } from '../../data/notes/drafts';
import { isAddendum, keeperOf, readEncounter, savedOf, type Encounter, type Note } from '../../data/notes/notes';
import { useSession } from '../../data/session/session';
import { Loaded } from '../../kit/states';
import { VisitPanel, type Shown } from '../visit/panel';
import { VisitSummary } from '../visit/summary';
import { Aside } from './aside';
import { Details } from './details';
import classes from './encounter.module.css';
import { Imported } from './imported';
import { Measure } from './measure';
import { NoteEditor, NoteText } from './note_editor';
import { NoteReading } from './note_reading';
import { Steps } from './steps';

type DraftsByNote = ReadonlyMap<string, Draft>;
const NO_DRAFTS: DraftsByNote = new Map();

/** One encounter on one page: what it is, its notes, what belongs to it, and the steps to its end. */
export function EncounterPage() {
  const { patientId = '', encounterId = '' } = useParams();
  const { me } = useSession();
  const encounter = useQuery({
    queryKey: chartKey(patientId, 'encounter', encounterId),
    queryFn: () => readEncounter(encounterId),
  });
  const drafts = useQuery({
    queryKey: ['drafts', me.id, encounterId],
    queryFn: () => draftsOf(me.id, encounterId),
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });
  if (drafts.isPending) return <Skeleton height={220} radius="lg" />;
  return (
    <Loaded query={encounter}>
      {(found) => (
        <Content key={encounterId} patientId={patientId} encounter={found} drafts={drafts.data ?? NO_DRAFTS} />
      )}
    </Loaded>
  );
}

interface ContentProps {
  readonly patientId: string;
  readonly encounter: Encounter;
  readonly drafts: DraftsByNote;
}

function Content({ patientId, encounter, drafts }: ContentProps) {
  const { me } = useSession();
  const refresh = useRefresh(patientId);
  const open = encounter.status === 'open';
  /** Every editor that this page has had; text that could not be saved is still in them. */
  const [editors] = useState(() => new Set(open ? [] : leftBehind(me.id, encounter, drafts)));
  const [addendum, setAddendum] = useState<Leftover>();
  const [shown, setShown] = useState<Shown>();
  /** What is prescribed after the signature says so; once the visit is closed it is another visit's. */
  const writable = open || encounter.status === 'signed';
  const register = useCallback((autosave: Autosave) => void editors.add(autosave), [editors]);
  const flush = useCallback(async () => {
    const saved = await Promise.all([...editors].map((one) => one.flush()));
    return saved.every(Boolean);
  }, [editors]);
  const leftovers = open ? [] : [...editors].filter((one) => one.state().phase !== 'saved');
  return (
    <div className={classes.page} data-aside={open || undefined}>
      <div className={classes.main}>
        <Details encounter={encounter} />
        {open && <Measure patientId={patientId} encounterId={encounter.id} />}
        {leftovers.map((one, index) => (
          <Unsaved key={index} content={one.state().content} onAdd={(text) => setAddendum({ text, editor: one })} />
        ))}
        {open ? (
          <Editors encounter={encounter} drafts={drafts} register={register} onClosed={refresh} />
        ) : (
          <Reading encounter={encounter} />
        )}
        <VisitSummary encounter={encounter} onOpen={writable ? setShown : undefined} />
        <Imported encounter={encounter} />
      </div>
      {open && <Aside patientId={patientId} encounterId={encounter.id} />}
      <Steps
        encounter={encounter}
        flush={flush}
        onWrite={writable ? setShown : undefined}
        addendum={addendum?.text}
        onAddendumDone={(added) => {
          if (added) addendum?.editor.abandon();
          setAddendum(undefined);
        }}
      />
      <VisitPanel patientId={patientId} encounterId={encounter.id} shown={shown} side="left" onShow={setShown} />
    </div>
  );
}

interface Leftover {
  readonly text: string;
  readonly editor: Autosave;
}

/** Drafts of an encounter that is not written in any more. They are shown, not saved. */
function leftBehind(user: string, encounter: Encounter, drafts: DraftsByNote): readonly Autosave[] {
  const keeper = keeperOf(user, encounter.id, () => undefined);
  return [...drafts].map(([slot, draft]) => {
    const note = encounter.notes.find(({ id }) => id === slot);
    return new Autosave(keeper, draftsIn(user, encounter.id, note?.id), note ? savedOf(note) : null, draft);
  });
}

interface UnsavedProps {
  readonly content: NoteContent;
  readonly onAdd: (text: string) => void;
}

/** Text that was not saved before somebody signed. */
function Unsaved({ content, onAdd }: UnsavedProps) {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" title={t('encounter.closedTitle')} role="alert">
      <Stack align="flex-start">
        {t('encounter.closedBody')}
        <NoteText content={content} />
        <Button size="xs" onClick={() => onAdd(asText(content, t))}>
          {t('encounter.toAddendum')}
        </Button>
      </Stack>
    </Alert>
  );
}

/** The note's sections with their names, as one text. */
function asText(content: NoteContent, t: TFunction): string {
  const parts = (['text', ...SECTIONS] as const).filter((part) => content[part].trim() !== '');
  return parts.map((part) => `${t(`encounter.section.${part}`)}\n${content[part]}`).join('\n\n');
}

interface EditorsProps {
  readonly encounter: Encounter;
  readonly drafts: DraftsByNote;
  readonly register: (autosave: Autosave) => void;
  readonly onClosed: () => Promise<void>;
}

/** One editor for each note; an empty one when there is none, or when another is begun. */
function Editors({ encounter, drafts, register, onClosed }: EditorsProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const refresh = useRefresh(encounter.patient);
  const [begun, setBegun] = useState<readonly string[]>([]);
  const [fresh, setFresh] = useState(encounter.notes.length === 0 || drafts.has('new') ? 1 : 0);
  const keeper = useMemo(
    () =>
      keeperOf(me.id, encounter.id, (note) => {
        setBegun((known) => [...known, note]);
        void refresh(); // beginning a note makes a new version of the encounter
      }),
    [me.id, encounter.id, refresh],
  );
  const make = (note: Note | undefined) => () =>
    new Autosave(
      keeper,
      draftsIn(me.id, encounter.id, note?.id),
      note ? savedOf(note) : null,
      drafts.get(note?.id ?? 'new') ?? null,
    );
  const notes = encounter.notes.filter((note) => !begun.includes(note.id));
  const previous = useSummary(encounter.patient).data?.encounters.find(
    (one) => one.id !== encounter.id && one.started_at < encounter.started_at,
  )?.id;
  const title = (number: number) => (number === 1 ? t('chart.note') : t('encounter.noteNumber', { number }));
  return (
    <>
      {notes.map((note, index) => (
        <NoteEditor
          key={note.id}
          title={title(index + 1)}
          make={make(note)}
          newest={savedOf(note)}
          register={register}
          onClosed={onClosed}
          previous={previous}
        />
      ))}
      {Array.from({ length: fresh }, (_, index) => (
        <NoteEditor
          key={`new ${index}`}
          title={title(notes.length + index + 1)}
          make={make(undefined)}
          newest={null}
          register={register}
          onClosed={onClosed}
          previous={previous}
        />
      ))}
      {begun.length === fresh && (
        <Button
          variant="subtle"
          size="xs"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setFresh((now) => now + 1)}
        >
          {t('encounter.anotherNote')}
        </Button>
      )}
    </>
  );
}

function Reading({ encounter }: { readonly encounter: Encounter }) {
  const { t } = useTranslation();
  const title = (note: Note, index: number) => {
    if (isAddendum(note)) return t('encounter.addendum');
    return index === 0 ? t('chart.note') : t('encounter.noteNumber', { number: index + 1 });
  };
  return encounter.notes.map((note, index) => (
    <NoteReading key={note.id} title={title(note, index)} note={note} amendments={encounter.amendments} />
  ));
}
