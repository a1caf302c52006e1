import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const COLOURS = {
  draft: 'yellow',
  active: 'lake',
  on_hold: 'orange',
  stopped: 'gray',
  completed: 'green',
  resulted: 'blue',
  reviewed: 'green',
  cancelled: 'gray',
  entered_in_error: 'gray',
} as const;
type Status = keyof typeof COLOURS;

/** The state of anything ordered; an unknown one is shown as the server wrote it. */
export function StatusBadge({ status }: { readonly status: string }) {
  const { t } = useTranslation();
  const known = (Object.keys(COLOURS) as Status[]).find((each) => each === status);
  return (
    <Badge variant="light" color={known ? COLOURS[known] : 'gray'}>
      {known ? t(`orders.status.${known}`) : status}
    </Badge>
  );
}
