import { Group } from '@mantine/core';
import { IconMicrophone, IconVideo, IconVolume, IconWifi, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DeviceCheck } from '../../common/consult_types';
import classes from './device_result.module.css';

/** What the patient's device check found: what works, and what the call will be without. */
export function DeviceResult({ device }: { readonly device: DeviceCheck | null | undefined }) {
  const { t } = useTranslation();
  if (!device) return <span className={classes.unchecked}>{t('room.device.unchecked')}</span>;
  return (
    <Group gap={6} component="ul" p={0} m={0} aria-label={t('room.device.label')}>
      <Finding
        icon={IconVideo}
        good={device.camera}
        label={t(device.camera ? 'room.device.camera' : 'room.device.noCamera')}
      />
      <Finding
        icon={IconMicrophone}
        good={device.microphone}
        label={t(device.microphone ? 'room.device.microphone' : 'room.device.noMicrophone')}
      />
      {/* Who did not answer the question for the sound most often heard it. */}
      <Finding
        icon={IconVolume}
        good={device.speaker}
        label={t(device.speaker ? 'room.device.speaker' : 'room.device.noSpeaker')}
      />
      <Finding
        icon={IconWifi}
        good={device.connection !== 'poor'}
        label={t(device.connection === 'poor' ? 'room.device.slow' : 'room.device.connection')}
      />
    </Group>
  );
}

function Finding({ icon: Sign, good, label }: { readonly icon: Icon; readonly good: boolean; readonly label: string }) {
  return (
    <li className={classes.finding} data-good={good}>
      <Sign size={15} stroke={1.8} aria-hidden />
      {label}
    </li>
  );
}
