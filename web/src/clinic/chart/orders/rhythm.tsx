import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { NewLine } from '../../data/orders';
import { Figure } from './figure';

type Frequency = NewLine['frequency'];

/** Once every so many hours; anything else is written as times and hours. */
const RHYTHMS = [4, 6, 8, 12, 24, 48, 168] as const;

interface RhythmProps {
  readonly frequency: Frequency;
  readonly onChange: (frequency: Frequency) => void;
}

/** How often: nothing is chosen beforehand. */
export function Rhythm({ frequency, onChange }: RhythmProps) {
  const { t } = useTranslation();
  const { times, hours } = frequency;
  const open = times === 0 && hours === 0;
  const simple = times === 1 && RHYTHMS.some((each) => each === hours);
  return (
    <>
      <NativeSelect
        label={t('orders.rhythm')}
        value={open ? '' : simple ? String(hours) : 'other'}
        data={[
          ...(open ? [{ value: '', label: t('orders.choose') }] : []),
          ...RHYTHMS.map((each) => ({ value: String(each), label: t('orders.every', { hours: each }) })),
          { value: 'other', label: t('orders.otherRhythm') },
        ]}
        onChange={(event) => {
          const chosen = Number(event.currentTarget.value);
          onChange({ ...frequency, ...(Number.isNaN(chosen) ? { times: 2, hours: 24 } : { times: 1, hours: chosen }) });
        }}
      />
      {!simple && !open && (
        <>
          <Figure
            label={t('orders.times')}
            value={times}
            most={24}
            onChange={(next) => onChange({ ...frequency, times: next })}
          />
          <Figure
            label={t('orders.inHours')}
            value={hours}
            most={8784}
            onChange={(next) => onChange({ ...frequency, hours: next })}
          />
        </>
      )}
    </>
  );
}
