import { Popover, Select, Stack, Text } from '@mantine/core';
import { IconCameraRotate, IconSettings } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room } from '../../common/consult_room';
import { NO_DEVICES, turnCamera, usedBy, watchDevices, type Devices } from '../../common/devices';
import { Control } from './control';

interface DevicesProps {
  readonly room: Room;
  readonly camera: MediaStream;
  readonly compact: boolean;
  readonly speaker: string;
  readonly onSpeaker: (id: string) => void;
}

/** Turning the camera round, and choosing camera, microphone and loudspeaker. */
export function DeviceControls({ room, camera, compact, speaker, onSpeaker }: DevicesProps) {
  const { t } = useTranslation();
  const [devices, setDevices] = useState<Devices>(NO_DEVICES);
  const [failed, setFailed] = useState(false);
  useEffect(() => watchDevices(setDevices), [camera]);
  const choose = (kind: 'audio' | 'video', id: string) => {
    setFailed(false);
    room.video.choose(kind, { deviceId: { exact: id } }).catch(() => setFailed(true));
  };
  const turn = () => void turnCamera(room.video, camera).catch(() => setFailed(true));
  return (
    <>
      {camera.getVideoTracks().length > 0 && devices.cameras.length > 1 && (
        <Control compact={compact} label={t('call.turn')} icon={IconCameraRotate} onClick={turn} />
      )}
      <Popover width={300} position="top" withinPortal trapFocus>
        <Popover.Target>
          <Control compact={compact} label={t(compact ? 'call.chooseDevices' : 'call.devices')} icon={IconSettings} />
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="xs">
            <Choice
              label={t('call.camera')}
              among={devices.cameras}
              used={usedBy(camera.getVideoTracks())}
              onChoose={(id) => choose('video', id)}
            />
            <Choice
              label={t('call.microphone')}
              among={devices.microphones}
              used={usedBy(camera.getAudioTracks())}
              onChoose={(id) => choose('audio', id)}
            />
            {'setSinkId' in HTMLMediaElement.prototype && (
              <Choice label={t('call.speaker')} among={devices.speakers} used={speaker} onChoose={onSpeaker} />
            )}
            <Text role="alert" size="sm" c="red">
              {failed ? t('call.failed') : ''}
            </Text>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </>
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
    <Select
      label={label}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      value={among.some((one) => one.deviceId === used) ? used : (among[0]?.deviceId ?? null)}
      data={among.map((one, index) => ({ value: one.deviceId, label: one.label || `${label} ${index + 1}` }))}
      onChange={(id) => id !== null && onChoose(id)}
    />
  );
}
