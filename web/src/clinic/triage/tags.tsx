import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TriageLine } from '../data/triage';
import { Tag, type Tone } from '../kit/tag';

const URGENCY: Readonly<Record<TriageLine['urgency'], Tone>> = {
  emergency: 'danger',
  urgent: 'warn',
  soon: 'calm',
  routine: 'off',
  unknown: 'warn',
};

/** How a request stands: signs of danger first, then what the program suggests, then its state. */
export function Marks({ request }: { readonly request: TriageLine }) {
  const { t } = useTranslation('triage');
  return (
    <Group gap={6}>
      {request.flagged && <Tag tone="danger">{t('flagged')}</Tag>}
      {!request.mapped && <Tag tone="warn">{t('unreadable')}</Tag>}
      {request.mapped && (
        <Tag tone={URGENCY[request.urgency]}>{t('suggests', { urgency: t(`urgency.${request.urgency}`) })}</Tag>
      )}
      <Tag tone={request.state === 'received' ? 'calm' : 'off'}>{t(`state.${request.state}`)}</Tag>
    </Group>
  );
}
