/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import { timeOf, type Key } from '../../locales/patient';
import type { Quality } from '../../common/direct_call';
import { useSpeech } from '../context';
import type { Room, RoomState } from '../../common/consult_room';
import type { LocalMedia } from '../../common/local_media';
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

/** The call above, chat and files below. */
export function Call({ room, state, media, onLeave }: CallProps) {
  const { language, t } = useSpeech();
  useEffect(() => {
    void room.call(media);
  }, [room, media]);
  const left = Math.ceil((Date.parse(state.consult.closes_at) - useNow(5000)) / 60_000);
  const warned = state.consult.warned || left <= 5;
  return (
    <div class="stack">
      <section class={state.provider === 'jitsi' ? 'call framed' : 'call'} aria-label={t('callTitle')}>
        {state.provider === 'jitsi' ? <Frame room={room} state={state} /> : <Pictures room={room} state={state} />}
        <div class="call-bar">
          {state.provider === 'jitsi' ? (
            <span>{state.frame === 'joined' && state.encryption === 'on' && t('encrypted')}</span>
          ) : (
            <span class={`quality quality-${state.quality}`} role="status">
              {t(QUALITY[state.quality])}
            </span>
          )}
          <span class={warned ? 'left soon' : 'left'}>{t('remaining', { minutes: Math.max(0, left) })}</span>
        </div>
      </section>
      {warned && (
        <p class="panel warn" role="status">
          {t('limitSoon', { time: timeOf(language, state.consult.closes_at) })}
        </p>
      )}
      {state.audioOnly && <p class="panel" role="status">{t('audioOnly')}</p>}
      {state.quality === 'lost' && !state.remote && <p class="panel">{t('callNoVideo')}</p>}
      <Controls key={state.entry} local={state.local} onLeave={onLeave} />
      <Chat room={room} state={state} />
      <Files room={room} state={state} />
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
  return (
    <>
      <Picture stream={state.remote} label={room.other().display_name} class="remote" />
      {!state.remote && <p class="call-wait">{t('callConnecting')}</p>}
      <Picture stream={state.local} label={t('you')} class="self mirror" muted />
    </>
  );
}

/** The video cluster's frame; the practitioner's page can move both to the direct call. */
function Frame({ room, state }: VideoProps) {
  const { language, t } = useSpeech();
  const place = useRef<HTMLDivElement>(null);
  useEffect(
    () => (place.current ? room.video.mount(place.current, language) : undefined),
    [room, state.entry],
  );
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

/** The frame has buttons of its own for sound and picture. */
function Controls({ local, onLeave }: { readonly local: MediaStream | undefined; readonly onLeave: () => void }) {
  const { t } = useSpeech();
  const [sound, setSound] = useState(local?.getAudioTracks()[0]?.enabled ?? true);
  const [picture, setPicture] = useState(local?.getVideoTracks()[0]?.enabled ?? true);
  const toggle = (tracks: readonly MediaStreamTrack[], on: boolean) => {
    tracks.forEach((track) => {
      track.enabled = on;
    });
  };
  return (
    <div class="actions controls">
      {local && (
        <>
          <button
            type="button"
            class="quiet"
            aria-pressed={!sound}
            onClick={() => {
              toggle(local.getAudioTracks(), !sound);
              setSound(!sound);
            }}
          >
            {t(sound ? 'mute' : 'unmute')}
          </button>
          <button
            type="button"
            class="quiet"
            aria-pressed={!picture}
            onClick={() => {
              toggle(local.getVideoTracks(), !picture);
              setPicture(!picture);
            }}
          >
            {t(picture ? 'cameraOff' : 'cameraOn')}
          </button>
        </>
      )}
      <button type="button" class="danger" onClick={() => confirm(t('leaveConfirm')) && onLeave()}>
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
