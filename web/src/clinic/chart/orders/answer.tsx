import { Button, Group, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { OrderAlert } from '../../data/orders';
import { SHORTEST_REASON } from '../../kit/reasoned';
import classes from './orders.module.css';

/** Why an alert does not stop the prescription, and what protects the patient nevertheless. */
export interface Given {
  readonly reason: string;
  readonly precaution: string;
}

export const NO_ANSWER: Given = { reason: '', precaution: '' };
const GRAVE = ['benefit', 'tolerated', 'monitored', 'informed'] as const;
const QUANTITY = ['pack', 'home', 'partly'] as const;

interface AnswerProps {
  readonly alert: OrderAlert;
  readonly given: Given;
  readonly onChange: (given: Given) => void;
}

/** The reason in the prescriber's words, begun by a frequent one if they like. */
export function Answer({ alert, given, onChange }: AnswerProps) {
  const { t } = useTranslation();
  const quantity = alert.severity !== 'high';
  const ready = quantity
    ? QUANTITY.map((each) => t(`orders.readyQuantity.${each}`))
    : GRAVE.map((each) => t(`orders.ready.${each}`));
  return (
    <>
      <Group gap={4} role="group" aria-label={t('orders.readyReasons')}>
        {ready.map((text) => (
          <Button
            key={text}
            size="compact-xs"
            variant="light"
            classNames={{ root: classes.wrap ?? '', label: classes.wrapped ?? '' }}
            onClick={() => onChange({ ...given, reason: [given.reason.trim(), text].filter(Boolean).join(' ') })}
          >
            {text}
          </Button>
        ))}
      </Group>
      <Textarea
        label={t(quantity ? 'orders.quantityReason' : 'orders.override')}
        description={t('orders.reasonHint', { count: SHORTEST_REASON })}
        autosize
        minRows={2}
        maxLength={500}
        value={given.reason}
        onChange={(event) => onChange({ ...given, reason: event.currentTarget.value })}
      />
      {alert.contraindicated && (
        <Textarea
          label={t('orders.precaution')}
          description={t('orders.reasonHint', { count: SHORTEST_REASON })}
          autosize
          minRows={2}
          maxLength={500}
          value={given.precaution}
          onChange={(event) => onChange({ ...given, precaution: event.currentTarget.value })}
        />
      )}
    </>
  );
}
