import '@mantine/dates/styles.layer.css';
import { DatePicker } from '@mantine/dates';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { firstWeekday } from '../language/i18n';

interface CalendarProps {
  readonly value: string | null;
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly longAgo: boolean;
  readonly onChoose: (value: string) => void;
}

/** A month to choose a day from, in the page's language; fetched when it is first opened. */
export function Calendar({ value, min, max, longAgo, onChoose }: CalendarProps) {
  const { t } = useTranslation();
  return (
    <DatePicker
      locale={dayjs.locale()}
      firstDayOfWeek={firstWeekday()}
      weekendDays={[]}
      hideOutsideDates
      value={value}
      defaultDate={value ?? max ?? dayjs().format('YYYY-MM-DD')}
      defaultLevel={longAgo && value === null ? 'decade' : 'month'}
      onChange={(chosen) => chosen !== null && onChoose(chosen)}
      ariaLabels={{
        monthLevelControl: t('date.months'),
        yearLevelControl: t('date.years'),
        nextMonth: t('date.nextMonth'),
        previousMonth: t('date.previousMonth'),
        nextYear: t('date.nextYear'),
        previousYear: t('date.previousYear'),
        nextDecade: t('date.nextDecade'),
        previousDecade: t('date.previousDecade'),
      }}
      {...(min !== undefined && { minDate: min })}
      {...(max !== undefined && { maxDate: max })}
    />
  );
}
