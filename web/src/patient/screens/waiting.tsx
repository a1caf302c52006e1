/** @jsxImportSource preact */
import type { Room, RoomState } from '../../common/consult_room';
import { timeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { useNow } from '../base/use_now';
import { Chat } from './chat';
import { ClinicCard } from './clinic';
import { Files } from './files';
import { Heading } from './notice';

const LATE_AFTER_MS = 5 * 60_000;

interface WaitingProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly onWithdraw: () => void;
}

/** The practitioner's state, how long it may take, and the chat meanwhile. */
export function Waiting({ room, state, onWithdraw }: WaitingProps) {
  const { language, t } = useSpeech();
  const { consult } = state;
  const practitioner = room.other();
  const late = useNow(30_000) - Date.parse(consult.start);
  const minutes = Math.round(late / 60_000);
  return (
    <div class="stack">
      <section class="card waiting">
        <div class="pulse" aria-hidden="true" />
        <Heading>{t('waitingTitle')}</Heading>
        <p class="lead" role="status">
          {t(practitioner.present ? 'waitingOnline' : 'waitingAway', { name: practitioner.display_name })}
        </p>
        <p class="soft">
          {t('waitingStart', { time: timeOf(language, consult.start) })}{' '}
          {consult.waiting_since && t('waitingSince', { time: timeOf(language, consult.waiting_since) })}
        </p>
        {late > LATE_AFTER_MS && <p class="panel warn">{t('waitingLate', { minutes })}</p>}
        <p class="soft">{t('waitingStay')}</p>
        <ClinicCard />
        <button type="button" class="link" onClick={onWithdraw}>
          {t('withdraw')}
        </button>
      </section>
      <Chat room={room} state={state} />
      <Files room={room} state={state} />
    </div>
  );
}
