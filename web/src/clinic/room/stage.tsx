import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import classes from './room.module.css';

interface StageProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly camera: MediaStream;
}

/** Both pictures, the connection in plain words, and the controls. */
export function Stage({ room, state, camera }: StageProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <div className={classes.stage}>
        <Picture stream={state.remote} className={classes.remote} label={room.other().display_name} />
        {!state.remote && <Text className={classes.pending}>{t('room.connecting')}</Text>}
        <Picture stream={camera} className={classes.self} label={t('room.you')} muted />
        <div className={classes.caption}>
          <span>{room.other().display_name}</span>
          <span role="status">{t(`room.quality.${state.quality}`)}</span>
        </div>
      </div>
      {state.audioOnly && <Text role="status">{t('room.audioOnly')}</Text>}
      <Controls room={room} camera={camera} />
    </Stack>
  );
}

function Controls({ room, camera }: { readonly room: Room; readonly camera: MediaStream }) {
  const { t } = useTranslation();
  const [sound, setSound] = useState(camera.getAudioTracks()[0]?.enabled ?? true);
  const [picture, setPicture] = useState(camera.getVideoTracks()[0]?.enabled ?? true);
  const [screen, setScreen] = useState<MediaStream>();
  const enable = (tracks: readonly MediaStreamTrack[], on: boolean) => {
    tracks.forEach((track) => {
      track.enabled = on;
    });
  };
  const stopSharing = async () => {
    screen?.getTracks().forEach((track) => track.stop());
    setScreen(undefined);
    await room.video.replaceVideo(camera.getVideoTracks()[0] ?? null);
  };
  const share = async () => {
    const shared = await navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => undefined);
    const track = shared?.getVideoTracks()[0];
    if (!shared || !track) return; // the user changed his mind
    track.onended = () => void stopSharing();
    setScreen(shared);
    await room.video.replaceVideo(track);
  };
  return (
    <Group gap="xs">
      <Button
        variant="default"
        aria-pressed={!sound}
        onClick={() => {
          enable(camera.getAudioTracks(), !sound);
          setSound(!sound);
        }}
      >
        {t(sound ? 'room.mute' : 'room.unmute')}
      </Button>
      <Button
        variant="default"
        aria-pressed={!picture}
        onClick={() => {
          enable(camera.getVideoTracks(), !picture);
          setPicture(!picture);
        }}
      >
        {t(picture ? 'room.cameraOff' : 'room.cameraOn')}
      </Button>
      <Button variant="default" aria-pressed={screen !== undefined} onClick={() => void (screen ? stopSharing() : share())}>
        {t(screen ? 'room.stopSharing' : 'room.share')}
      </Button>
    </Group>
  );
}

interface PictureProps {
  readonly stream: MediaStream | undefined;
  readonly className: string | undefined;
  readonly label: string;
  readonly muted?: boolean;
}

function Picture({ stream, className, label, muted = false }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream ?? null;
  }, [stream]);
  return <video ref={video} className={className} autoPlay playsInline muted={muted} aria-label={label} />;
}
