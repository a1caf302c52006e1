/** @jsxImportSource preact */
import type { NoteKeeper, NoteState, Saving } from '../../common/note_keeper';
import { timeOf, type Key } from '../../locales/patient';
import { useSpeech } from '../base/context';

interface NoteFieldProps {
  readonly keeper: NoteKeeper;
  readonly note: NoteState;
}

const SAVING: Readonly<Record<Exclude<Saving, 'saved'>, Key>> = {
  saving: 'deskSaving',
  unsaved: 'deskUnsaved',
  failed: 'deskSaveFailed',
  conflict: 'deskUnsaved',
};

/** The note with its saving state in sight; a clash shows both texts and loses neither. */
export function NoteField({ keeper, note }: NoteFieldProps) {
  const { language, t } = useSpeech();
  const saved = note.savedAt === undefined ? '' : t('deskSaved', { time: timeOf(language, note.savedAt) });
  return (
    <section class="card note">
      <label>
        <span>{t('deskNoteLabel')}</span>
        <textarea
          rows={12}
          maxLength={50_000}
          value={note.text}
          onInput={(event) => keeper.write(event.currentTarget.value)}
        />
      </label>
      <p class={note.saving === 'failed' ? 'error' : 'soft small'} role="status">
        {note.saving === 'saved' ? saved : t(SAVING[note.saving])}
      </p>
      {note.theirs && (
        <div class="panel warn" role="alert">
          <p>{t('deskConflict')}</p>
          <p class="theirs">{note.theirs.text}</p>
          <div class="actions">
            <button type="button" class="primary" onClick={() => keeper.resolve('mine')}>
              {t('deskKeepMine')}
            </button>
            <button type="button" class="quiet" onClick={() => keeper.resolve('theirs')}>
              {t('deskTakeTheirs')}
            </button>
          </div>
        </div>
      )}
    </section>
  );
}
