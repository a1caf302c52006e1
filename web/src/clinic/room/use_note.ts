import { useCallback, useEffect, useRef, useState } from 'react';
import type { ConsultApi } from '../../common/consult_api';
import type { Note, NoteDraft } from '../../common/consult_types';
import { Problem } from '../../common/problem';
import { NOTHING } from '../data/notes/autosave';
import { draftsIn, draftsOf } from '../data/notes/drafts';

const QUIET_MS = 1500;
const RETRY_MS = 4000;

type Saving = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

export interface NoteEditor {
  readonly text: string;
  readonly state: Saving;
  readonly savedAt: string | null;
  /** What somebody saved meanwhile, when `state` is `conflict`. */
  readonly theirs: Note | undefined;
  readonly write: (text: string) => void;
  readonly resolve: (keep: 'mine' | 'theirs') => void;
  /** What the server does not have yet, for the call that ends the consultation. */
  readonly unsaved: () => NoteDraft | null;
  /** Stops autosaving while the call that ends the consultation carries the text. */
  readonly hold: (held: boolean) => void;
  /** The call that ended the consultation has brought this text. */
  readonly carried: (draft: NoteDraft, version: number) => void;
}

interface Where {
  readonly api: ConsultApi;
  readonly consult: string;
  readonly user: string;
  /** The consultation is over: what is unsaved goes with a late finish, which the server still takes. */
  readonly ended: boolean;
  readonly online: boolean;
}

interface Work {
  text: string;
  saved: string;
  version: number;
  busy: boolean;
  held: boolean;
}

/**
 * Saves the note when typing pauses, when the tab is hidden, when the network is back, and never
 * over somebody else's text. What the server does not have is kept on this computer meanwhile.
 */
export function useNote({ api, consult, user, ended, online }: Where): NoteEditor {
  const [text, setText] = useState('');
  const [state, setState] = useState<Saving>('saved');
  const [stored, setStored] = useState<Note>();
  const [theirs, setTheirs] = useState<Note>();
  const work = useRef<Work>({ text: '', saved: '', version: 0, busy: false, held: false }).current;
  const [draft] = useState(() => draftsIn(user, `room ${consult}`, undefined));

  const accept = useCallback(
    (note: Note) => {
      work.saved = note.text;
      work.version = note.version;
      if (work.text === note.text) draft.drop();
      setStored(note);
    },
    [work, draft],
  );

  const save = useCallback(async () => {
    if (work.busy || work.held || work.text === work.saved) return;
    work.busy = true;
    setState('saving');
    const sent = work.text;
    try {
      accept(await store(api, { text: sent, base_version: work.version }, ended));
      setState(work.text === sent ? 'saved' : 'unsaved');
    } catch (error) {
      const changed = error instanceof Problem && error.status === 412;
      const other = changed ? await api.note().catch(() => undefined) : undefined;
      if (other) setTheirs(other);
      setState(other ? 'conflict' : 'failed');
    } finally {
      work.busy = false;
    }
  }, [api, accept, ended, work]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const load = async () => {
      try {
        const [note, local] = await Promise.all([api.note(), keptText(user, consult)]);
        if (gone || work.saved !== '' || work.version > 0) return;
        accept(note);
        if (work.text !== '') return; // typed before the server answered
        work.text = local?.text ?? note.text;
        setText(work.text);
        if (work.text === note.text) return;
        const newer = local && Date.parse(note.saved_at ?? '') > local.at;
        if (newer) setTheirs(note);
        setState(newer ? 'conflict' : 'unsaved');
      } catch {
        timer = setTimeout(() => void load(), RETRY_MS); // no network, or a server that is busy
      }
    };
    void load();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [api, accept, work, user, consult]);
  useEffect(() => {
    if (state !== 'unsaved' && state !== 'failed') return undefined;
    const timer = setTimeout(() => void save(), state === 'failed' ? RETRY_MS : QUIET_MS);
    return () => clearTimeout(timer);
  }, [state, text, save]);
  useEffect(() => {
    if (online || ended) void save();
  }, [online, ended, save]);
  useLeaving(work, save);

  const write = (written: string) => {
    work.text = written;
    setText(written);
    void draft.keep({ content: { ...NOTHING, text: written }, base: null, sent: null, at: Date.now() });
    setState((present) => (present === 'conflict' ? present : 'unsaved'));
  };
  const resolve = (keep: 'mine' | 'theirs') => {
    if (!theirs) return;
    if (keep === 'theirs') {
      work.text = theirs.text;
      setText(theirs.text);
    }
    accept(theirs);
    setTheirs(undefined);
    setState(keep === 'theirs' ? 'saved' : 'unsaved');
  };
  const unsaved = () => (work.text === work.saved ? null : { text: work.text, base_version: work.version });
  const hold = (held: boolean) => {
    work.held = held;
  };
  const carried = (sent: NoteDraft, version: number) => {
    accept(kept(sent, version));
    setState(work.text === sent.text ? 'saved' : 'unsaved');
  };
  return { text, state, savedAt: stored?.saved_at ?? null, theirs, write, resolve, unsaved, hold, carried };
}

/** Autosave, or with the end that has come already. Throws as the API does. */
async function store(api: ConsultApi, draft: NoteDraft, ended: boolean): Promise<Note> {
  if (!ended) return api.saveNote(draft);
  return kept(draft, (await api.finish(draft)).note_version);
}

/** The note that a finish has stored. */
function kept(draft: NoteDraft, version: number): Note {
  return { text: draft.text, version, saved_at: new Date().toISOString(), author: null, after_end: true };
}

async function keptText(user: string, consult: string) {
  const drafts = await draftsOf(user, `room ${consult}`).catch(() => undefined); // kept nowhere: private mode
  const draft = drafts?.get('new');
  return draft && { text: draft.content.text, at: draft.at };
}

/** Saves when the tab is hidden or the room is closed, and warns before what is unsaved goes. */
function useLeaving(work: Work, save: () => Promise<void>): void {
  useEffect(() => {
    const hidden = () => document.visibilityState === 'hidden' && void save();
    const leaving = (event: BeforeUnloadEvent) => {
      if (work.text !== work.saved) event.preventDefault();
    };
    document.addEventListener('visibilitychange', hidden);
    addEventListener('beforeunload', leaving);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('beforeunload', leaving);
    };
  }, [save, work]);
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => () => void latest.current(), []);
}
