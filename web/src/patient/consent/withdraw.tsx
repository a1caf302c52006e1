/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { Room } from '../../common/consult_room';
import { timeOf } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { forgetVisit } from '../base/storage';
import { ClinicCard } from '../screens/clinic';
import { faultOf } from '../screens/faults';
import { Notice } from '../screens/notice';
import { withdraw } from './deciding';
import { useConsentSpeech } from './speech';

interface WithdrawProps {
  readonly room: Room;
  readonly onBack: () => void;
}

/** Taking a consent back: what it means, then that it is recorded. The page has left the consult. */
export function Withdraw({ room, onBack }: WithdrawProps) {
  const { language, t } = useSpeech();
  const c = useConsentSpeech();
  const [at, setAt] = useState<string>();
  const [fault, setFault] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const sure = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      const record = await withdraw(room.api);
      forgetVisit();
      setAt(record?.at ?? new Date().toISOString());
    } catch (caught) {
      setFault(caught);
    }
    setBusy(false);
  };
  if (at !== undefined) {
    return (
      <Notice
        key="done"
        tone="stop"
        title={c('withdrawnTitle')}
        body={c('withdrawnBody', { time: timeOf(language, at) })}
      >
        <ClinicCard />
      </Notice>
    );
  }
  return (
    <Notice key="ask" tone="calm" title={c('withdrawTitle')} body={c('withdrawBody')}>
      <p class="error" role="alert">
        {fault === undefined ? '' : t(faultOf(fault))}
      </p>
      <div class="consent-end">
        <button type="button" class="danger" disabled={busy} onClick={() => void sure()}>
          {c('withdrawSure')}
        </button>
        <button type="button" class="quiet" onClick={onBack}>
          {c('withdrawBack')}
        </button>
      </div>
    </Notice>
  );
}
