/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import type { Quality } from '../../common/direct_call';
import { timeOf, type Key } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { onIos } from '../base/devices';
import { useNow } from '../base/use_now';
import { Controls } from './controls';
import { DeviceChoice, useDevices } from './device_choice';
import { OtherPicture, OwnPicture } from './picture';

const QUALITY: Readonly<Record<Quality, Key>> = {
  good: 'qualityGood',
  fair: 'qualityFair',
  poor: 'qualityPoor',
  lost: 'qualityLost',
  connecting: 'qualityConnecting',
};
const SOON_MINUTES = 5;

export interface SideProps {
  readonly room: Room;
  readonly state: RoomState;
}

export interface FallBack {
  readonly why: string;
  readonly label: string;
  readonly act: () => void;
}

interface StageProps extends SideProps {
  readonly onLeave: () => void;
  /** What else stands among the buttons. */
  readonly children?: ComponentChildren;
  /** What the practitioner can do about a frame that fails. */
  readonly fallBack?: FallBack;
}

/** The call with its controls over it, and below what is wrong. */
export function Stage({ room, state, onLeave, fallBack, children }: StageProps) {
  const { t } = useSpeech();
  const [choosing, setChoosing] = useState(false);
  const [speaker, setSpeaker] = useState('');
  const devices = useDevices(state.local);
  const framed = state.provider === 'jitsi';
  return (
    <div class="stage">
      <section class={framed ? 'call framed' : 'call'} aria-label={t('callTitle')}>
        {framed ? (
          <Frame room={room} state={state} fallBack={fallBack} />
        ) : (
          <Pictures room={room} state={state} speaker={speaker} />
        )}
        <Bar state={state} framed={framed} />
        <Controls
          room={room}
          state={state}
          cameras={devices.cameras.length}
          choosing={choosing}
          onChoosing={setChoosing}
          onLeave={onLeave}
        >
          {children}
        </Controls>
      </section>
      {choosing && state.local && (
        <DeviceChoice room={room} local={state.local} devices={devices} speaker={speaker} onSpeaker={setSpeaker} />
      )}
      <Troubles room={room} state={state} />
    </div>
  );
}

/** The connection in plain words, and how long is left. Nobody there has no connection. */
function Bar({ state, framed }: Pick<SideProps, 'state'> & { readonly framed: boolean }) {
  const { t } = useSpeech();
  const left = minutesLeft(state, useNow(5000));
  const gone = state.leftAt !== undefined && !state.remote;
  return (
    <div class="call-bar">
      {framed ? (
        <span>{state.frame === 'joined' && state.encryption === 'on' && t('encrypted')}</span>
      ) : (
        <span class={`quality quality-${state.quality}`} role="status">
          {!gone && t(QUALITY[state.quality])}
        </span>
      )}
      <span class={isLate(state, left) ? 'left soon' : 'left'}>{t('remaining', { minutes: Math.max(0, left) })}</span>
    </div>
  );
}

function minutesLeft(state: RoomState, now: number): number {
  return Math.ceil((Date.parse(state.consult.closes_at) - now) / 60_000);
}

function isLate(state: RoomState, left: number): boolean {
  return state.consult.warned || left <= SOON_MINUTES;
}

/** What one has to know now: the limit, who is gone, what is not seen or heard. */
function Troubles({ room, state }: SideProps) {
  const { language, t } = useSpeech();
  const other = room.other();
  const closes = state.consult.closes_at;
  const [first] = useState(closes);
  const late = isLate(state, minutesLeft(state, useNow(5000)));
  const { local } = state;
  return (
    <div class="troubles">
      {state.online && state.leftAt !== undefined && !state.remote && (
        <p class="panel warn" role="status">
          {t('otherLeft', { name: other.display_name, time: timeOf(language, state.leftAt) })}
        </p>
      )}
      {state.remote && !state.speaking && (
        <p class="panel" role="status">
          {t('otherMuted', { name: other.display_name })}
        </p>
      )}
      {late && (
        <p class="panel warn" role="status">
          {t('limitSoon', { time: timeOf(language, closes) })}
        </p>
      )}
      {!late && Date.parse(closes) > Date.parse(first) && (
        <p class="panel" role="status">
          {t('limitMoved', { time: timeOf(language, closes) })}
        </p>
      )}
      {state.audioOnly === 'bandwidth' && (
        <p class="panel" role="status">
          {t('audioOnly')}{' '}
          <button type="button" class="link" onClick={() => void room.video.keepToAudio(false)}>
            {t('videoAgain')}
          </button>
        </p>
      )}
      {state.quality === 'lost' && !state.remote && other.present && <p class="panel">{t('callNoVideo')}</p>}
      {local && <Missing room={room} local={local} />}
    </div>
  );
}

/** Without a camera or a microphone the consult goes on; this is how to get them back. */
function Missing({ room, local }: { readonly room: Room; readonly local: MediaStream }) {
  const { t } = useSpeech();
  const mute = local.getAudioTracks().length === 0;
  if (!mute && local.getVideoTracks().length > 0) return null;
  return (
    <div class="panel warn" role="status">
      <p>{t(mute ? 'noVoice' : 'noPicture')}</p>
      <p class="small">{t(onIos() ? 'permissionIos' : 'permissionBody')}</p>
      <button type="button" class="quiet" onClick={() => void room.video.reopen()}>
        {t('retry')}
      </button>
    </div>
  );
}

/** Both pictures of the direct call. */
function Pictures({ room, state, speaker }: SideProps & { readonly speaker: string }) {
  const { t } = useSpeech();
  const other = room.other();
  const name = other.display_name;
  const mirrored = state.local?.getVideoTracks()[0]?.getSettings().facingMode !== 'environment';
  return (
    <>
      <OtherPicture stream={state.remote} label={name} class="remote" speaker={speaker} />
      {!state.remote && (
        <p class="call-wait">{state.leftAt === undefined ? t('callConnecting') : t('otherAway', { name })}</p>
      )}
      {state.remote && !state.showing && <p class="call-wait covered">{t('otherHidden', { name })}</p>}
      <OwnPicture stream={state.local} label={t('you')} class={mirrored ? 'self mirror' : 'self'} />
    </>
  );
}

interface FrameProps extends SideProps {
  readonly fallBack: FallBack | undefined;
}

/** The video cluster's frame; the practitioner's page can move both to the direct call. */
function Frame({ room, state, fallBack }: FrameProps) {
  const { language, t } = useSpeech();
  const place = useRef<HTMLDivElement>(null);
  const spoken = useRef(language); // another language must not interrupt the call
  useEffect(() => {
    spoken.current = language;
  }, [language]);
  useEffect(() => (place.current ? room.video.mount(place.current, spoken.current) : undefined), [room, state.entry]);
  const away = state.frame === 'failed' || state.frame === 'left';
  const failed = state.frame === 'failed';
  return (
    <>
      <div class="call-frame" ref={place} hidden={away} />
      {state.frame === 'loading' && <p class="call-wait">{t('callConnecting')}</p>}
      {away && (
        <div class="call-wait" role="alert">
          <p>{failed ? (fallBack?.why ?? t('frameFailed')) : t('frameLeft')}</p>
          <button type="button" class="primary" onClick={() => void room.video.again()}>
            {t('frameAgain')}
          </button>{' '}
          {fallBack && (
            <button type="button" class="quiet" onClick={fallBack.act}>
              {fallBack.label}
            </button>
          )}
        </div>
      )}
    </>
  );
}
