/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Room, RoomState } from '../common/consult_room';
import { ENDED } from '../common/consult_types';
import { LocalMedia } from '../common/local_media';
import type { Problem } from '../common/problem';
import { timeOf } from '../locales/patient';
import { useSpeech } from './base/context';
import { openMedia } from './base/devices';
import { forgetSession, keepPassed, passed, type Passed } from './base/storage';
import { Later } from './later';
import { Call } from './screens/call';
import { Check, type Checked } from './screens/check';
import { Ended, Refused } from './screens/ended';
import { Notice } from './screens/notice';
import { Waiting } from './screens/waiting';

const withdraw = () => import('./consent').then(({ Withdraw }) => Withdraw);

interface VisitProps {
  readonly room: Room;
  readonly onExpired: (refused: Problem) => void;
}

/** Device check, waiting room, call and end, in the order the state allows. */
export function Visit({ room, onExpired }: VisitProps) {
  const { t } = useSpeech();
  const state = useRoom(room);
  const id = state.consult.id;
  const [step, setStep] = useState<Passed>(() => passed(id) ?? 'consented');
  const [left, setLeft] = useState(false);
  const [withdrawing, setWithdrawing] = useState(false);
  const ended = ENDED.has(state.consult.status);
  const media = useMedia(state, step === 'checked' && !left);

  useEffect(() => {
    if (left) return undefined; // gone for the other side as well, until they come back
    room.start();
    return () => room.stop();
  }, [room, left]);
  useEffect(() => {
    if (ended) forgetSession();
  }, [ended]);
  useEffect(() => {
    if (state.refused?.status === 401) onExpired(state.refused);
  }, [state.refused, onExpired]);

  if (ended) return <Ended state={state} />;
  if (state.refused) return <Refused error={state.refused} onRetry={() => location.reload()} />;
  if (state.elsewhere) return <OtherTab room={room} />;
  const onChecked = async ({ media: opened, device }: Checked) => {
    await room.announce(device);
    media.adopt(opened.stream);
    keepPassed(id, 'checked');
    setStep('checked');
  };
  if (step === 'consented') return <Check onChecked={onChecked} />;
  const comeBack = () => {
    setWithdrawing(false);
    setLeft(false);
  };
  const takeBack = () => {
    setLeft(true);
    setWithdrawing(true);
  };
  if (withdrawing) return <Later load={withdraw} with={{ room, onBack: comeBack }} />;
  if (left) return <Left closes={state.consult.closes_at} onBack={comeBack} onWithdraw={takeBack} />;
  return (
    <>
      {!state.online && (
        <p class="banner" role="alert">
          {t('offline')}
        </p>
      )}
      {state.consult.status === 'in_progress' ? (
        <Call room={room} state={state} media={media} onLeave={() => setLeft(true)} />
      ) : (
        <Waiting room={room} state={state} onWithdraw={takeBack} />
      )}
    </>
  );
}

/** The devices, open while the direct call needs them. */
export function useMedia(state: RoomState, wanted: boolean): LocalMedia {
  const [media] = useState(() => new LocalMedia(async () => (await openMedia()).stream));
  const framed = state.consult.video === 'jitsi';
  const ended = ENDED.has(state.consult.status);
  useEffect(() => {
    // Back after a reload: the check was passed before, so only open the devices again.
    if (wanted && !framed && !ended && !state.elsewhere) void media.open();
  }, [wanted, media, framed, ended, state.elsewhere]);
  useEffect(() => {
    if (ended) media.close();
  }, [ended, media]);
  return media;
}

export function OtherTab({ room }: { readonly room: Room }) {
  const { t } = useSpeech();
  return (
    <Notice tone="calm" title={t('tabTitle')} body={t('tabBody')}>
      <button type="button" class="primary wide" onClick={() => room.start()}>
        {t('tabHere')}
      </button>
    </Notice>
  );
}

interface LeftProps {
  readonly closes: string;
  readonly onBack: () => void;
  /** A patient may take their consent back. */
  readonly onWithdraw?: () => void;
}

export function Left({ closes, onBack, onWithdraw }: LeftProps) {
  const { language, t } = useSpeech();
  return (
    <Notice tone="calm" title={t('leftTitle')} body={t('leftBody', { time: timeOf(language, closes) })}>
      <button type="button" class="primary wide" onClick={onBack}>
        {t('comeBack')}
      </button>
      {onWithdraw && (
        <button type="button" class="link" onClick={onWithdraw}>
          {t('withdraw')}
        </button>
      )}
    </Notice>
  );
}

export function useRoom(room: Room): RoomState {
  const [state, setState] = useState(room.state);
  useEffect(() => room.subscribe(() => setState(room.state)), [room]);
  return state;
}
