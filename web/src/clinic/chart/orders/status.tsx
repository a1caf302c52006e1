import { useTranslation } from 'react-i18next';
import { Tag, type Tone } from '../../kit/tag';

const TONES = {
  draft: 'warn',
  active: 'calm',
  on_hold: 'warn',
  stopped: 'off',
  completed: 'good',
  resulted: 'warn',
  reviewed: 'good',
  cancelled: 'off',
  entered_in_error: 'off',
} as const satisfies Record<string, Tone>;
type Status = keyof typeof TONES;

/** The state of anything ordered; an unknown one is shown as the server wrote it. */
export function StatusBadge({ status }: { readonly status: string }) {
  const { t } = useTranslation();
  const known = (Object.keys(TONES) as Status[]).find((each) => each === status);
  return <Tag tone={known ? TONES[known] : 'off'}>{known ? t(`orders.status.${known}`) : status}</Tag>;
}
