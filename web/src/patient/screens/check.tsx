/** @jsxImportSource preact */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Key } from '../../locales/patient';
import { useSpeech } from '../base/context';
import {
  checkConnection,
  closeMedia,
  onIos,
  onPermission,
  openMedia,
  playTestSound,
  watchLoudness,
  type DeviceState,
  type Media,
} from '../base/devices';
import { faultOf } from './faults';
import { Heading } from './notice';

export interface Checked {
  readonly media: Media;
  readonly device: {
    readonly camera: boolean;
    readonly microphone: boolean;
    readonly speaker: boolean;
    readonly connection: 'good' | 'poor';
  };
}

type Connection = 'waiting' | 'good' | 'poor';

/** Camera, microphone, loudspeaker and connection, with a verdict in plain words. */
export function Check({ onChecked }: { readonly onChecked: (checked: Checked) => Promise<void> }) {
  const { t } = useSpeech();
  const [started, setStarted] = useState(false);
  const [media, setMedia] = useState<Media>();
  const [connection, setConnection] = useState<Connection>('waiting');
  const [speaker, setSpeaker] = useState<boolean>();
  const [entering, setEntering] = useState(false);
  const [fault, setFault] = useState<Key>();

  const begin = useCallback(async () => {
    setStarted(true);
    setMedia(undefined);
    void checkConnection().then(setConnection);
    setMedia(await openMedia());
  }, []);
  const again = useCallback(() => {
    if (media) closeMedia(media.stream);
    void begin();
  }, [begin, media]);

  const enter = async () => {
    if (!media) return;
    setEntering(true);
    setFault(undefined);
    try {
      await onChecked(result(media, speaker, connection));
    } catch (error) {
      setFault(faultOf(error)); // pressing again repeats it
    } finally {
      setEntering(false);
    }
  };

  const blocked = media?.camera === 'blocked' || media?.microphone === 'blocked';
  useEffect(() => (blocked ? onPermission(again) : undefined), [blocked, again]);

  if (!started) {
    return (
      <section class="card">
        <Heading>{t('checkTitle')}</Heading>
        <p class="lead">{t('checkIntro')}</p>
        <button type="button" class="primary" onClick={() => void begin()}>
          {t('checkStart')}
        </button>
      </section>
    );
  }
  const ready = media !== undefined && connection !== 'waiting';
  return (
    <section class="card">
      <Heading>{t('checkTitle')}</Heading>
      <div class="checks">
        {media && media.camera !== 'good' ? null : <Camera media={media} />}
        <ul class="verdicts">
          <Row label={t('checkCamera')} state={media?.camera ?? 'waiting'} />
          <Row label={t('checkMicrophone')} state={media?.microphone ?? 'waiting'}>
            {media?.microphone === 'good' && <Loudness media={media} />}
          </Row>
          <Row label={t('checkConnection')} state={connection} />
          <Speaker answer={speaker} onAnswer={setSpeaker} />
        </ul>
      </div>
      <p class={`verdict ${ready && media.microphone === 'good' ? 'ok' : 'warn'}`} role="status">
        {ready ? t(verdict(media, speaker)) : ''}
      </p>
      {blocked && (
        <div class="panel warn">
          <h2>{t('permissionTitle')}</h2>
          <p>{t(onIos() ? 'permissionIos' : 'permissionBody')}</p>
          <p>{t('permissionGoOn')}</p>
        </div>
      )}
      {fault && (
        <p class="panel warn" role="alert">
          {t(fault)}
        </p>
      )}
      <div class="actions">
        <button type="button" class="primary" disabled={!ready || entering} onClick={() => void enter()}>
          {t('enterWaiting')}
        </button>
        <button type="button" class="quiet" disabled={!ready} onClick={again}>
          {t('retry')}
        </button>
      </div>
    </section>
  );
}

function result(media: Media, speaker: boolean | undefined, connection: Connection): Checked {
  return {
    media,
    device: {
      camera: media.camera === 'good',
      microphone: media.microphone === 'good',
      speaker: speaker === true,
      connection: connection === 'good' ? 'good' : 'poor',
    },
  };
}

function verdict(media: Media, speaker: boolean | undefined): Key {
  if (media.microphone !== 'good') return 'verdictChat';
  if (media.camera !== 'good') return 'verdictAudio';
  return speaker === false ? 'verdictSpeaker' : 'verdictGood';
}

const STATE_KEYS: Readonly<Record<DeviceState | 'poor', Key>> = {
  waiting: 'checkWorking',
  good: 'checkGood',
  missing: 'checkMissing',
  blocked: 'checkBlocked',
  busy: 'checkBusy',
  poor: 'checkPoor',
};

interface RowProps {
  readonly label: string;
  readonly state: DeviceState | 'poor';
  readonly children?: preact.ComponentChildren;
}

function Row({ label, state, children }: RowProps) {
  const { t } = useSpeech();
  return (
    <li class={`row state-${state}`}>
      <span class="row-label">{label}</span>
      <span class="row-state">{t(STATE_KEYS[state])}</span>
      {children}
    </li>
  );
}

function Camera({ media }: { readonly media: Media | undefined }) {
  const { t } = useSpeech();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current && media) video.current.srcObject = media.stream;
  }, [media]);
  return <video ref={video} class="mirror preview" autoPlay playsInline muted aria-label={t('you')} />;
}

function Loudness({ media }: { readonly media: Media }) {
  const { t } = useSpeech();
  const [level, setLevel] = useState(0);
  useEffect(() => watchLoudness(media.stream, setLevel), [media]);
  return (
    <span class="row-extra">
      <progress max={1} value={level} aria-label={t('checkMicrophone')} />
      <small>{t('checkMicrophoneHint')}</small>
    </span>
  );
}

interface SpeakerProps {
  readonly answer: boolean | undefined;
  readonly onAnswer: (heard: boolean) => void;
}

function Speaker({ answer, onAnswer }: SpeakerProps) {
  const { t } = useSpeech();
  const [played, setPlayed] = useState(false);
  const play = () => {
    playTestSound();
    setPlayed(true);
  };
  const mark = answer === undefined ? 'waiting' : answer ? 'good' : 'missing';
  return (
    <li class={`row state-${mark}`}>
      <span class="row-label">{t('checkSpeaker')}</span>
      <button type="button" class="quiet small" onClick={play}>
        {t('checkSpeakerPlay')}
      </button>
      {played && (
        <span class="row-extra" role="group" aria-label={t('checkSpeakerAsk')}>
          <span>{t('checkSpeakerAsk')}</span>
          <button type="button" class="quiet small" aria-pressed={answer === true} onClick={() => onAnswer(true)}>
            {t('yes')}
          </button>
          <button type="button" class="quiet small" aria-pressed={answer === false} onClick={() => onAnswer(false)}>
            {t('no')}
          </button>
        </span>
      )}
    </li>
  );
}
