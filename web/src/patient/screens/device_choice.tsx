/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Room } from '../../common/consult_room';
import { useSpeech } from '../base/context';

export interface Devices {
  readonly cameras: readonly MediaDeviceInfo[];
  readonly microphones: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

const NONE: Devices = { cameras: [], microphones: [], speakers: [] };

/** What can be chosen from, also after something was plugged in or out. */
export function useDevices(local: MediaStream | undefined): Devices {
  const [devices, setDevices] = useState(NONE);
  useEffect(() => {
    const media = 'mediaDevices' in navigator ? navigator.mediaDevices : undefined;
    if (!media || !local) return undefined;
    const list = () =>
      media.enumerateDevices().then(
        (all) => {
          const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind && one.deviceId !== '');
          setDevices({ cameras: of('videoinput'), microphones: of('audioinput'), speakers: of('audiooutput') });
        },
        () => setDevices(NONE), // a browser that tells nobody
      );
    void list();
    const changed = () => void list();
    media.addEventListener('devicechange', changed);
    return () => media.removeEventListener('devicechange', changed);
  }, [local]);
  return devices;
}

interface DeviceChoiceProps {
  readonly room: Room;
  readonly local: MediaStream;
  readonly devices: Devices;
  readonly speaker: string;
  readonly onSpeaker: (id: string) => void;
}

/** Which camera, microphone and loudspeaker are used. */
export function DeviceChoice({ room, local, devices, speaker, onSpeaker }: DeviceChoiceProps) {
  const { t } = useSpeech();
  const [failed, setFailed] = useState(false);
  const used = (tracks: readonly MediaStreamTrack[]) => tracks[0]?.getSettings().deviceId ?? '';
  const choose = async (kind: 'audio' | 'video', id: string) => {
    setFailed(false);
    await room.video.choose(kind, { deviceId: { exact: id } }).catch(() => setFailed(true));
  };
  return (
    <div class="card devices">
      <Choice
        label={t('checkCamera')}
        among={devices.cameras}
        used={used(local.getVideoTracks())}
        onChoose={(id) => void choose('video', id)}
      />
      <Choice
        label={t('checkMicrophone')}
        among={devices.microphones}
        used={used(local.getAudioTracks())}
        onChoose={(id) => void choose('audio', id)}
      />
      {'setSinkId' in HTMLMediaElement.prototype && (
        <Choice label={t('checkSpeaker')} among={devices.speakers} used={speaker} onChoose={onSpeaker} />
      )}
      {failed && (
        <p class="error" role="alert">
          {t('deviceFailed')}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly among: readonly MediaDeviceInfo[];
  readonly used: string;
  readonly onChoose: (id: string) => void;
}

function Choice({ label, among, used, onChoose }: ChoiceProps) {
  if (among.length === 0) return null;
  return (
    <label>
      <span>{label}</span>
      <select
        value={among.some((one) => one.deviceId === used) ? used : among[0]?.deviceId}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {among.map((one, index) => (
          <option key={one.deviceId} value={one.deviceId}>
            {one.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The camera that looks the other way, on a phone. Throws DOMException. */
export async function turnCamera(room: Room, local: MediaStream): Promise<void> {
  const facing = local.getVideoTracks()[0]?.getSettings().facingMode;
  const other = facing === 'environment' ? 'user' : 'environment';
  await room.video.choose('video', { facingMode: { ideal: other } });
}
