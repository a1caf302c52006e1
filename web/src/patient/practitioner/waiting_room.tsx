/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import type { DeviceCheck } from '../../common/consult_types';
import { timeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { useNow } from '../base/use_now';
import { faultOf } from '../screens/faults';
import { Heading } from '../screens/notice';
import { useDeskSpeech } from './speech';

const LATE_MS = 5 * 60_000;

/** Whether the patient is there, since when and with what devices; or what happens while they are not. */
export function WaitingRoom({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  const { language, t } = useSpeech();
  const d = useDeskSpeech();
  const [fault, setFault] = useState<unknown>();
  const [admitting, setAdmitting] = useState(false);
  const { consult } = state;
  const patient = room.other();
  const waiting = consult.status === 'waiting';
  const now = useNow(20_000);
  const admit = async () => {
    setFault(undefined);
    setAdmitting(true);
    await room.api.admit().catch(setFault);
    setAdmitting(false);
  };
  const minutes = Math.max(0, Math.floor((now - Date.parse(consult.waiting_since ?? consult.start)) / 60_000));
  const late = now - Date.parse(consult.start) > LATE_MS;
  return (
    <section class="card waiting" aria-live="polite">
      <Heading>{d(waiting ? 'waits' : 'expected', { name: patient.display_name })}</Heading>
      {waiting ? (
        <>
          <p class="soft">
            {d('since', { time: timeOf(language, consult.waiting_since ?? consult.start), minutes })}{' '}
            {!patient.present && d('away')}
          </p>
          {consult.device && <Device device={consult.device} />}
          <button type="button" class="primary" disabled={admitting} onClick={() => void admit()}>
            {d('admit')}
          </button>
        </>
      ) : (
        <>
          <p class="lead">{d('expectedAt', { time: timeOf(language, consult.start) })}</p>
          <p class="soft">{late ? d('noShow', { time: timeOf(language, consult.closes_at) }) : d('expectedBody')}</p>
        </>
      )}
      <p class="error" role="alert">
        {fault === undefined ? '' : t(faultOf(fault))}
      </p>
    </section>
  );
}

/** What the patient's device check found. */
function Device({ device }: { readonly device: DeviceCheck }) {
  const { t } = useSpeech();
  const d = useDeskSpeech();
  const rows = [
    [t('checkCamera'), device.camera],
    [t('checkMicrophone'), device.microphone],
    [t('checkSpeaker'), device.speaker],
  ] as const;
  return (
    <ul class="verdicts">
      {rows.map(([label, works]) => (
        <li key={label} class={`row ${works ? 'state-good' : 'state-missing'}`}>
          <span class="row-label">{label}</span>
          <span class="row-state">{t(works ? 'checkGood' : 'checkUnsure')}</span>
        </li>
      ))}
      <li class={`row ${device.connection === 'good' ? 'state-good' : 'state-poor'}`}>
        <span class="row-label">{t('checkConnection')}</span>
        <span class="row-state">{device.connection === 'good' ? t('checkGood') : d('slow')}</span>
      </li>
    </ul>
  );
}
