/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Room, RoomState } from '../../common/consult_room';
import type { Quality } from '../../common/direct_call';
import type { LocalMedia } from '../../common/local_media';
import { timeOf, type Key } from '../../locales/patient';
import { useSpeech } from '../base/context';
import { onIos } from '../base/devices';
import { Chat } from './chat';
import { Files } from './files';
import { useNow } from './waiting';

const QUALITY: Readonly<Record<Quality, Key>> = {
  good: 'qualityGood',
  fair: 'qualityFair',
  poor: 'qualityPoor',
  lost: 'qualityLost',
  connecting: 'qualityConnecting',
};

interface CallProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly media: LocalMedia;
  readonly onLeave: () => void;
}

/** The call above, what is wrong and the controls below it, then chat and files. */
export function Call({ room, state, media, onLeave }: CallProps) {
  const { t } = useSpeech();
  useEffect(() => {
    void room.call(media);
  }, [room, media]);
  const framed = state.provider === 'jitsi';
  return (
    <div class="stack">
      <h1 class="hidden">{t('callTitle')}</h1>
      <section class={framed ? 'call framed' : 'call'} aria-label={t('callTitle')}>
        {framed ? <Frame room={room} state={state} /> : <Pictures room={room} state={state} />}
        <Bar state={state} framed={framed} />
      </section>
      <Troubles room={room} state={state} />
      <Controls room={room} state={state} onLeave={onLeave} />
      <Chat room={room} state={state} />
      <Files room={room} state={state} />
    </div>
  );
}

/** The connection in plain words, and how long is left. */
function Bar({ state, framed }: { readonly state: RoomState; readonly framed: boolean }) {
  const { t } = useSpeech();
  const left = minutesLeft(state, useNow(5000));
  return (
    <div class="call-bar">
      {framed ? (
        <span>{state.frame === 'joined' && state.encryption === 'on' && t('encrypted')}</span>
      ) : (
        <span class={`quality quality-${state.quality}`} role="status">
          {t(QUALITY[state.quality])}
        </span>
      )}
      <span class={isLate(state, left) ? 'left soon' : 'left'}>{t('remaining', { minutes: Math.max(0, left) })}</span>
    </div>
  );
}

const SOON_MINUTES = 5;

function minutesLeft(state: RoomState, now: number): number {
  return Math.ceil((Date.parse(state.consult.closes_at) - now) / 60_000);
}

function isLate(state: RoomState, left: number): boolean {
  return state.consult.warned || left <= SOON_MINUTES;
}

/** What the patient has to know now: the limit, who is gone, what is not seen or heard. */
function Troubles({ room, state }: VideoProps) {
  const { language, t } = useSpeech();
  const other = room.other();
  const closes = state.consult.closes_at;
  const [first] = useState(closes);
  const late = isLate(state, minutesLeft(state, useNow(5000)));
  const { local } = state;
  return (
    <>
      {state.online && !other.present && (
        <p class="panel warn" role="status">
          {t('otherLost', { name: other.display_name })}
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
      {state.quality === 'lost' && !state.remote && <p class="panel">{t('callNoVideo')}</p>}
      {local && <Missing room={room} local={local} />}
    </>
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

interface VideoProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** Both pictures of the direct call. */
function Pictures({ room, state }: VideoProps) {
  const { t } = useSpeech();
  const name = room.other().display_name;
  return (
    <>
      <Picture stream={state.remote} label={name} class="remote" />
      {!state.remote && <p class="call-wait">{t('callConnecting')}</p>}
      {state.remote && !state.showing && <p class="call-wait covered">{t('otherHidden', { name })}</p>}
      <Picture stream={state.local} label={t('you')} class="self mirror" muted />
    </>
  );
}

/** The video cluster's frame; the practitioner's page can move both to the direct call. */
function Frame({ room, state }: VideoProps) {
  const { language, t } = useSpeech();
  const place = useRef<HTMLDivElement>(null);
  const spoken = useRef(language); // another language must not interrupt the call
  useEffect(() => {
    spoken.current = language;
  }, [language]);
  useEffect(() => (place.current ? room.video.mount(place.current, spoken.current) : undefined), [room, state.entry]);
  const away = state.frame === 'failed' || state.frame === 'left';
  return (
    <>
      <div class="call-frame" ref={place} hidden={away} />
      {state.frame === 'loading' && <p class="call-wait">{t('callConnecting')}</p>}
      {away && (
        <div class="call-wait" role="alert">
          <p>{t(state.frame === 'failed' ? 'frameFailed' : 'frameLeft')}</p>
          <button type="button" class="primary" onClick={() => void room.video.again()}>
            {t('frameAgain')}
          </button>
        </div>
      )}
    </>
  );
}

interface ControlsProps extends VideoProps {
  readonly onLeave: () => void;
}

/** The frame has buttons of its own for sound and picture. */
function Controls({ room, state, onLeave }: ControlsProps) {
  const { t } = useSpeech();
  const { local, sound, picture } = state;
  return (
    <div class="actions controls">
      {local && local.getAudioTracks().length > 0 && (
        <button type="button" class="quiet" data-on={!sound} onClick={() => room.video.turn('audio', !sound, local)}>
          {t(sound ? 'mute' : 'unmute')}
        </button>
      )}
      {local && local.getVideoTracks().length > 0 && (
        <button
          type="button"
          class="quiet"
          data-on={!picture}
          onClick={() => room.video.turn('video', !picture, local)}
        >
          {t(picture ? 'cameraOff' : 'cameraOn')}
        </button>
      )}
      <button type="button" class="danger" onClick={onLeave}>
        {t('leave')}
      </button>
    </div>
  );
}

interface PictureProps {
  readonly stream: MediaStream | undefined;
  readonly label: string;
  readonly class: string;
  readonly muted?: boolean;
}

function Picture({ stream, label, muted = false, class: name }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream ?? null;
  }, [stream]);
  return <video ref={video} class={name} autoPlay playsInline muted={muted} aria-label={label} />;
}
