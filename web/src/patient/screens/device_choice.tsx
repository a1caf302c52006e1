/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Room } from '../../common/consult_room';
import { NO_DEVICES, usedBy, watchDevices, type Devices } from '../../common/devices';
import { useSpeech } from '../base/context';

/** What can be chosen from, also after something was plugged in or out. */
export function useDevices(local: MediaStream | undefined): Devices {
  const [devices, setDevices] = useState(NO_DEVICES);
  useEffect(() => (local ? watchDevices(setDevices) : undefined), [local]);
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
  const choose = async (kind: 'audio' | 'video', id: string) => {
    setFailed(false);
    await room.video.choose(kind, { deviceId: { exact: id } }).catch(() => setFailed(true));
  };
  return (
    <div class="card devices">
      <Choice
        label={t('checkCamera')}
        among={devices.cameras}
        used={usedBy(local.getVideoTracks())}
        onChoose={(id) => void choose('video', id)}
      />
      <Choice
        label={t('checkMicrophone')}
        among={devices.microphones}
        used={usedBy(local.getAudioTracks())}
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
