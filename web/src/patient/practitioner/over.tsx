/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { RoomState } from '../../common/consult_room';
import type { ConsultStatus } from '../../common/consult_types';
import type { NoteKeeper, NoteState } from '../../common/note_keeper';
import type { Key } from '../../locales/practitioner';
import { useSpeech } from '../base/context';
import { Notice } from '../screens/notice';
import { NoteField } from './note_field';
import { useDeskSpeech } from './speech';

const OUTCOMES: Readonly<Partial<Record<ConsultStatus, Key>>> = {
  cancelled: 'cancelledEnd',
  no_show: 'noShowEnd',
  expired: 'expiredEnd',
};

interface OverProps {
  readonly state: RoomState;
  readonly keeper: NoteKeeper;
  readonly note: NoteState;
}

/** How it ended, and the note as it was kept: its author may take a copy along. */
export function Over({ state, keeper, note }: OverProps) {
  const { t } = useSpeech();
  const d = useDeskSpeech();
  const [copied, setCopied] = useState(false);
  const outcome = OUTCOMES[state.consult.status];
  if (outcome) return <Notice tone="stop" title={d(outcome)} body={d('overBody')} />;
  const files = state.files.filter((file) => file.status === 'ready').length;
  const copy = () =>
    navigator.clipboard.writeText(note.text).then(
      () => setCopied(true),
      () => setCopied(false), // refused: the text can be selected below
    );
  return (
    <>
      <Notice tone="done" title={t('endTitle')} body={d(note.saving === 'saved' ? 'kept' : 'notKept')}>
        <p class="soft">{t('endShared', { messages: state.messages.length, files })}</p>
        {note.text !== '' && (
          <button type="button" class="quiet" onClick={() => void copy()}>
            {d(copied ? 'copied' : 'copy')}
          </button>
        )}
      </Notice>
      {note.saving !== 'saved' && <NoteField keeper={keeper} note={note} />}
      {note.saving === 'saved' && note.text !== '' && (
        <section class="card" aria-label={d('noteLabel')}>
          <p class="theirs">{note.text}</p>
        </section>
      )}
    </>
  );
}
