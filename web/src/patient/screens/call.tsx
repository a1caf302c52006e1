/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import { timeOf, type Key } from '../../locales/patient';
import type { Quality } from '../../common/direct_call';
import { useSpeech } from '../context';
import type { Room, RoomState } from '../../common/consult_room';
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
  readonly local: MediaStream;
  readonly onLeave: () => void;
}

/** The call above, chat and files below. */
export function Call({ room, state, local, onLeave }: CallProps) {
  const { language, t } = useSpeech();
  useEffect(() => {
    void room.call(local);
  }, [room, local]);
  const left = Math.ceil((Date.parse(state.consult.closes_at) - useNow(5000)) / 60_000);
  const warned = state.consult.warned || left <= 5;
  return (
    <div class="stack">
      <section class="call" aria-label={t('callTitle')}>
        <Picture stream={state.remote} label={room.other().display_name} class="remote" />
        {!state.remote && <p class="call-wait">{t('callConnecting')}</p>}
        <Picture stream={local} label={t('you')} class="self mirror" muted />
        <div class="call-bar">
          <span class={`quality quality-${state.quality}`} role="status">
            {t(QUALITY[state.quality])}
          </span>
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
      <Controls local={local} onLeave={onLeave} />
      <Chat room={room} state={state} />
      <Files room={room} state={state} />
    </div>
  );
}

function Controls({ local, onLeave }: { readonly local: MediaStream; readonly onLeave: () => void }) {
  const { t } = useSpeech();
  const [sound, setSound] = useState(true);
  const [picture, setPicture] = useState(true);
  const toggle = (tracks: readonly MediaStreamTrack[], on: boolean) => {
    tracks.forEach((track) => {
      track.enabled = on;
    });
  };
  return (
    <div class="actions controls">
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
