/** @jsxImportSource preact */
import { useRef, useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import type { NoteKeeper } from '../../common/note_keeper';
import { useSpeech } from '../base/context';
import { faultOf } from '../screens/faults';
import { useDeskSpeech } from './speech';

const EXTENSION_MINUTES = 10;

interface LimitProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly keeper: NoteKeeper;
}

/** Extending the consult, and ending it after a question. */
export function Limit({ room, state, keeper }: LimitProps) {
  const { t } = useSpeech();
  const d = useDeskSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const { closes_at: closes, extendable_minutes: extendable } = state.consult;
  const more = Math.min(EXTENSION_MINUTES, extendable);
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setFault(undefined);
    await work().catch(setFault);
    setBusy(false);
    dialog.current?.close();
  };
  const extend = () => room.api.extend(new Date(Date.parse(closes) + more * 60_000).toISOString());
  return (
    <div class="limit">
      <div class="actions">
        {more > 0 && (
          <button type="button" class="quiet" disabled={busy} onClick={() => void act(extend)}>
            {d('extend', { minutes: more })}
          </button>
        )}
        <button type="button" class="danger" disabled={busy} onClick={() => dialog.current?.showModal()}>
          {d('finish')}
        </button>
      </div>
      <p class="error" role="alert">
        {fault === undefined ? '' : t(faultOf(fault))}
      </p>
      <dialog ref={dialog} class="card" aria-labelledby="finish-title">
        <h2 id="finish-title">{d('finishTitle')}</h2>
        <p>{d('finishBody')}</p>
        <div class="actions">
          <button type="button" class="quiet" disabled={busy} onClick={() => dialog.current?.close()}>
            {t('back')}
          </button>
          <button type="button" class="danger" disabled={busy} onClick={() => void act(() => keeper.finish())}>
            {d('finish')}
          </button>
        </div>
      </dialog>
    </div>
  );
}
