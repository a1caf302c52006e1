import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Category, Practitioner, Site, Slot } from '../data/agenda';
import { TimeField } from '../kit/date_field';
import { momentAt } from '../language/zone';

interface ExactTimeProps {
  readonly practitioner: Practitioner;
  readonly site: Site;
  readonly category: Category;
  readonly day: string;
  readonly onChoose: (slot: Slot | undefined) => void;
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** A time that is not free, for those who may overbook or book outside of hours; the server asks again. */
export function ExactTime({ practitioner, site, category, day, onChoose }: ExactTimeProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const choose = (text: string) => {
    setTyped(text);
    const clock = CLOCK.exec(text);
    if (!clock) {
      onChoose(undefined);
      return;
    }
    const start = momentAt(day, Number(clock[1]) * 60 + Number(clock[2]), site.zone).toISOString();
    onChoose({
      practitioner: practitioner.id,
      practitioner_name: practitioner.name,
      site: site.id,
      start,
      minutes: category.minutes,
      local_start: start,
    });
  };
  return (
    <TimeField label={t('book.exact')} description={t('book.exactHelp')} maw={260} value={typed} onChange={choose} />
  );
}
