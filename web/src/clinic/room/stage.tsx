import { Alert, Button, Stack } from '@mantine/core';
import {
  IconMicrophone,
  IconMicrophoneOff,
  IconPhone,
  IconScreenShare,
  IconScreenShareOff,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import { play, type Playing } from '../../common/playback';
import { Control } from './control';
import bar from './control.module.css';
import { DeviceControls } from './devices';
import classes from './room.module.css';

interface StageProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly camera: MediaStream;
  readonly compact: boolean;
}

/** Both pictures, the connection in plain words, and the controls. */
export function Stage({ room, state, camera, compact }: StageProps) {
  const { t } = useTranslation();
  const name = room.other().display_name;
  const [speaker, setSpeaker] = useState('');
  return (
    <Stack gap="xs">
      <div className={classes.stage}>
        <OtherPicture stream={state.remote} className={classes.remote} label={name} speaker={speaker} />
        {!state.remote && (
          <p className={classes.pending}>
            {state.leftAt === undefined ? t('room.connecting') : t('room.otherAway', { name })}
          </p>
        )}
        {state.remote && !state.showing && <p className={classes.covered}>{t('room.otherHidden', { name })}</p>}
        <Picture stream={camera} className={classes.self} label={t('room.you')} muted />
        <div className={classes.caption}>
          <span>{name}</span>
          <span role="status">
            {state.remote && !state.speaking && `${t('room.otherMuted')} · `}
            {(state.remote ?? state.leftAt === undefined) && t(`room.quality.${state.quality}`)}
          </span>
        </div>
      </div>
      {state.audioOnly === 'bandwidth' && (
        <Alert color="yellow" p="xs" role="status">
          {t('room.audioOnlySlow')}
        </Alert>
      )}
      {camera.getAudioTracks().length === 0 && (
        <Alert color="red" p="xs" role="status">
          <Stack align="flex-start" gap="xs">
            {t('room.noMicrophone')}
            <Button size="xs" variant="default" onClick={() => void room.video.reopen()}>
              {t('common.retry')}
            </Button>
          </Stack>
        </Alert>
      )}
      <Controls room={room} state={state} camera={camera} compact={compact}>
        <DeviceControls room={room} camera={camera} compact={compact} speaker={speaker} onSpeaker={setSpeaker} />
      </Controls>
    </Stack>
  );
}

function Controls({ room, state, camera, compact, children }: StageProps & { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const screen = useScreen(room, camera);
  const { sound, picture } = state;
  const voice = state.audioOnly !== 'no';
  return (
    <div className={bar.bar} role="group" aria-label={t('room.controls')}>
      {camera.getAudioTracks().length > 0 && (
        <Control
          compact={compact}
          icon={sound ? IconMicrophone : IconMicrophoneOff}
          label={t(sound ? 'room.mute' : 'room.unmute')}
          tone={sound ? 'calm' : 'danger'}
          onClick={() => room.video.turn('audio', !sound, camera)}
        />
      )}
      {camera.getVideoTracks().length > 0 && !voice && (
        <Control
          compact={compact}
          icon={picture ? IconVideo : IconVideoOff}
          label={t(picture ? 'room.cameraOff' : 'room.cameraOn')}
          tone={picture ? 'calm' : 'danger'}
          onClick={() => room.video.turn('video', !picture, camera)}
        />
      )}
      <Control
        compact={compact}
        icon={voice ? IconVideo : IconPhone}
        label={t(voice ? 'room.videoAgain' : 'room.audioOnly')}
        tone={voice ? 'on' : 'calm'}
        onClick={() => void room.video.keepToAudio(!voice)}
      />
      {canShareScreen() && (
        <Control
          compact={compact}
          icon={screen.on ? IconScreenShareOff : IconScreenShare}
          label={t(screen.on ? 'room.stopSharing' : 'room.share')}
          tone={screen.on ? 'on' : 'calm'}
          onClick={() => void screen.toggle()}
        />
      )}
      {children}
    </div>
  );
}

/** No browser of a phone can. */
function canShareScreen(): boolean {
  return 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices;
}

/** Shares the screen instead of the camera until it is turned off, here or in the browser's own bar. */
function useScreen(room: Room, camera: MediaStream): { readonly on: boolean; readonly toggle: () => Promise<void> } {
  const [shared, setShared] = useState<MediaStream>();
  const stop = async (stream: MediaStream) => {
    stream.getTracks().forEach((track) => track.stop());
    setShared(undefined);
    await room.video.replaceVideo(camera.getVideoTracks()[0] ?? null);
  };
  const start = async () => {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => undefined);
    const track = stream?.getVideoTracks()[0];
    if (!stream || !track) return; // the user changed his mind
    track.onended = () => void stop(stream);
    setShared(stream);
    await room.video.replaceVideo(track);
  };
  useEffect(() => () => shared?.getTracks().forEach((track) => track.stop()), [shared]);
  return { on: shared !== undefined, toggle: () => (shared ? stop(shared) : start()) };
}

interface PictureProps {
  readonly stream: MediaStream | undefined;
  readonly className: string | undefined;
  readonly label: string;
  readonly muted?: boolean;
}

/** The other side with its sound; where the browser wants a touch before it, one button asks for it. */
function OtherPicture({ stream, className, label, speaker }: PictureProps & { readonly speaker: string }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const [playing, setPlaying] = useState<Playing>('on');
  const begin = () => {
    if (video.current) void play(video.current).then(setPlaying);
  };
  useEffect(() => {
    if (!video.current) return;
    video.current.srcObject = stream ?? null;
    if (stream) begin();
    else setPlaying('on');
  }, [stream]);
  useEffect(() => {
    if (speaker === '' || !video.current || !('setSinkId' in video.current)) return;
    void video.current.setSinkId(speaker).catch(() => undefined); // unplugged meanwhile: the usual one
  }, [speaker]);
  return (
    <>
      <video ref={video} className={className} autoPlay playsInline aria-label={label} />
      {playing === 'muted' && (
        <Button className={classes.touch} onClick={begin}>
          {t('room.touchToHear')}
        </Button>
      )}
    </>
  );
}

function Picture({ stream, className, label, muted = false }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream ?? null;
  }, [stream]);
  return <video ref={video} className={className} autoPlay playsInline muted={muted} aria-label={label} />;
}
