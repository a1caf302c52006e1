/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { RoomState } from '../../common/consult_room';
import type { ConsultStatus } from '../../common/consult_types';
import type { NoteKeeper, NoteState } from '../../common/note_keeper';
import type { Key } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { Notice } from '../screens/notice';
import { NoteField } from './note_field';

const OUTCOMES: Readonly<Partial<Record<ConsultStatus, Key>>> = {
  cancelled: 'cancelledTitle',
  no_show: 'deskNoShowEnd',
  expired: 'expiredTitle',
};

interface OverProps {
  readonly state: RoomState;
  readonly keeper: NoteKeeper;
  readonly note: NoteState;
}

/** How it ended, and the note as it was kept: its author may take a copy along. */
export function Over({ state, keeper, note }: OverProps) {
  const { t } = useSpeech();
  const [copied, setCopied] = useState(false);
  const outcome = OUTCOMES[state.consult.status];
  if (outcome) return <Notice tone="stop" title={t(outcome)} body={t('deskOverBody')} />;
  const files = state.files.filter((file) => file.status === 'ready').length;
  const copy = () =>
    navigator.clipboard.writeText(note.text).then(
      () => setCopied(true),
      () => setCopied(false), // refused: the text can be selected below
    );
  return (
    <>
      <Notice tone="done" title={t('endTitle')} body={t(note.saving === 'saved' ? 'deskKept' : 'deskNotKept')}>
        <p class="soft">{t('endShared', { messages: state.messages.length, files })}</p>
        {note.text !== '' && (
          <button type="button" class="quiet" onClick={() => void copy()}>
            {t(copied ? 'deskCopied' : 'deskCopy')}
          </button>
        )}
      </Notice>
      {note.saving !== 'saved' && <NoteField keeper={keeper} note={note} />}
      {note.saving === 'saved' && note.text !== '' && (
        <section class="card" aria-label={t('deskNoteLabel')}>
          <p class="theirs">{note.text}</p>
        </section>
      )}
    </>
  );
}
