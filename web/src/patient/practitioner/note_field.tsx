/** @jsxImportSource preact */
import type { NoteKeeper, NoteState, Saving } from '../../common/note_keeper';
import { timeOf } from '../../locales/patient';
import type { Key } from '../../locales/practitioner';
import { useSpeech } from '../base/context';
import { useDeskSpeech } from './speech';

interface NoteFieldProps {
  readonly keeper: NoteKeeper;
  readonly note: NoteState;
}

const SAVING: Readonly<Record<Exclude<Saving, 'saved'>, Key>> = {
  saving: 'saving',
  unsaved: 'unsaved',
  failed: 'saveFailed',
  conflict: 'unsaved',
};

/** The note with its saving state in sight; a clash shows both texts and loses neither. */
export function NoteField({ keeper, note }: NoteFieldProps) {
  const { language } = useSpeech();
  const d = useDeskSpeech();
  const saved = note.savedAt === undefined ? '' : d('saved', { time: timeOf(language, note.savedAt) });
  return (
    <section class="card note">
      <label>
        <span>{d('noteLabel')}</span>
        <textarea
          rows={12}
          maxLength={50_000}
          value={note.text}
          onInput={(event) => keeper.write(event.currentTarget.value)}
        />
      </label>
      <p class={note.saving === 'failed' ? 'error' : 'soft small'} role="status">
        {note.saving === 'saved' ? saved : d(SAVING[note.saving])}
      </p>
      {note.theirs && (
        <div class="panel warn" role="alert">
          <p>{d('conflict')}</p>
          <p class="theirs">{note.theirs.text}</p>
          <div class="actions">
            <button type="button" class="primary" onClick={() => keeper.resolve('mine')}>
              {d('keepMine')}
            </button>
            <button type="button" class="quiet" onClick={() => keeper.resolve('theirs')}>
              {d('takeTheirs')}
            </button>
          </div>
        </div>
      )}
    </section>
  );
}
