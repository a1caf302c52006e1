import { useCallback, useEffect, useRef, useState } from 'react';
import type { ConsultApi } from '../../common/consult_api';
import type { Note, NoteDraft } from '../../common/consult_types';
import { Problem } from '../../common/problem';

const QUIET_MS = 1500;
const RETRY_MS = 4000;

export type Saving = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

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
}

/** Saves the note when typing pauses, when the tab is hidden, and never over somebody else's text. */
export function useNote(api: ConsultApi | undefined): NoteEditor {
  const [text, setText] = useState('');
  const [state, setState] = useState<Saving>('saved');
  const [stored, setStored] = useState<Note>();
  const [theirs, setTheirs] = useState<Note>();
  const now = useRef({ text: '', saved: '', version: 0, busy: false, held: false });

  const accept = useCallback((note: Note) => {
    now.current.saved = note.text;
    now.current.version = note.version;
    setStored(note);
  }, []);

  const save = useCallback(async () => {
    const work = now.current;
    if (!api || work.busy || work.held || work.text === work.saved) return;
    work.busy = true;
    setState('saving');
    const sent = work.text;
    try {
      accept(await api.saveNote({ text: sent, base_version: work.version }));
      setState(work.text === sent ? 'saved' : 'unsaved');
    } catch (error) {
      if (error instanceof Problem && error.status === 412) {
        setTheirs(await api.note());
        setState('conflict');
      } else {
        setState('failed');
      }
    } finally {
      work.busy = false;
    }
  }, [api, accept]);

  useEffect(() => {
    if (!api) return;
    void api.note().then((note) => {
      accept(note);
      if (now.current.text === '') {
        now.current.text = note.text;
        setText(note.text);
      }
    });
  }, [api, accept]);
  useEffect(() => {
    if (state !== 'unsaved' && state !== 'failed') return undefined;
    const timer = setTimeout(() => void save(), state === 'failed' ? RETRY_MS : QUIET_MS);
    return () => clearTimeout(timer);
  }, [state, text, save]);
  useEffect(() => {
    const hidden = () => document.visibilityState === 'hidden' && void save();
    const leaving = (event: BeforeUnloadEvent) => {
      if (now.current.text !== now.current.saved) event.preventDefault();
    };
    document.addEventListener('visibilitychange', hidden);
    addEventListener('beforeunload', leaving);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('beforeunload', leaving);
    };
  }, [save]);

  const write = (written: string) => {
    now.current.text = written;
    setText(written);
    setState((present) => (present === 'conflict' ? present : 'unsaved'));
  };
  const resolve = (keep: 'mine' | 'theirs') => {
    if (!theirs) return;
    accept(theirs);
    setTheirs(undefined);
    if (keep === 'theirs') {
      now.current.text = theirs.text;
      setText(theirs.text);
      setState('saved');
    } else {
      setState('unsaved');
    }
  };
  const unsaved = () => {
    const { text: written, saved, version } = now.current;
    return written === saved ? null : { text: written, base_version: version };
  };
  const hold = (held: boolean) => {
    now.current.held = held;
  };
  return { text, state, savedAt: stored?.saved_at ?? null, theirs, write, resolve, unsaved, hold };
}
