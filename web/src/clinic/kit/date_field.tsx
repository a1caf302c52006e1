import { ActionIcon, Group, Input, Popover, TextInput, VisuallyHidden, type TextInputProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendarEvent } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { day } from '../language/format';
import { grouped, parseDate, parsePartialDate, parseTime, writtenDate } from '../language/typed_date';

const Calendar = lazy(async () => ({ default: (await import('./calendar')).Calendar }));

interface TypedProps extends Omit<
  TextInputProps,
  'value' | 'onChange' | 'type' | 'min' | 'max' | 'defaultValue' | 'error'
> {
  readonly value?: string;
  /** Gets the value, nothing for an empty field, and what was typed as long as it is no value. */
  readonly onChange: (value: string) => void;
  readonly error?: ReactNode;
}

interface DateFieldProps extends TypedProps {
  /** First and last day that are taken, `YYYY-MM-DD`. */
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  /** For dates long ago: the calendar begins with the years. */
  readonly longAgo?: boolean;
  /** Takes a year, or a month and a year, where no more may be known. */
  readonly partial?: boolean;
}

/** A date, `YYYY-MM-DD`, typed or chosen in the order of the page's language, whatever the browser's is. */
export function DateField({ min, max, longAgo = false, partial = false, ...props }: DateFieldProps) {
  const { t } = useTranslation();
  const [opened, calendar] = useDisclosure();
  const parse = partial ? parsePartialDate : parseDate;
  const fault = (value: string) => {
    if (parse(value) !== value) return partial ? t('date.badPartial') : t('date.bad');
    if (min !== undefined && value < min) return t('date.early', { date: day(min) });
    return max !== undefined && value > max ? t('date.late', { date: day(max) }) : '';
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' || !event.altKey) return;
    event.preventDefault();
    calendar.open();
  };
  const button = (
    <Popover
      opened={opened}
      onChange={(open) => !open && calendar.close()}
      trapFocus
      returnFocus
      withinPortal
      position="bottom-end"
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={28}
          disabled={props.disabled === true}
          aria-label={t('date.open')}
          aria-haspopup="dialog"
          onClick={calendar.toggle}
        >
          <IconCalendarEvent size={18} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('date.open')}>
        <Suspense fallback={<VisuallyHidden role="status">{t('common.loading')}</VisuallyHidden>}>
          <Calendar
            value={parseDate(props.value ?? '') ?? null}
            min={min}
            max={max}
            longAgo={longAgo}
            onChoose={(value) => {
              props.onChange(value);
              calendar.close();
            }}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
  return (
    <Typed
      inputMode="numeric"
      placeholder={partial ? t('date.placeholderPartial') : t('date.placeholder')}
      maxLength={10}
      {...props}
      onKeyDown={onKeyDown}
      rightSection={button}
      rightSectionPointerEvents="all"
      fault={fault}
      parse={parse}
      write={writtenDate}
      group={partial ? (text) => text : grouped}
    />
  );
}

/** A time of day, `HH:mm`, in 24 hours whatever the browser's language is. */
export function TimeField(props: TypedProps) {
  const { t } = useTranslation();
  const fault = (value: string) => (parseTime(value) === value ? '' : t('date.badTime'));
  const colon = (text: string) => text.replace(/^(\d{2})(\d{2})$/, '$1:$2');
  return (
    <Typed
      inputMode="numeric"
      placeholder={t('date.timePlaceholder')}
      maxLength={5}
      {...props}
      fault={fault}
      parse={parseTime}
      write={(value) => value}
      group={colon}
    />
  );
}

interface MomentFieldProps {
  readonly label: string;
  readonly value?: string;
  /** Gets `YYYY-MM-DDTHH:mm`, nothing when both are empty, and what `isMoment` refuses otherwise. */
  readonly onChange: (value: string) => void;
  readonly error?: ReactNode;
  readonly withAsterisk?: boolean;
  readonly 'data-autofocus'?: boolean;
}

/** A date and a time of the device's clock, `YYYY-MM-DDTHH:mm`. */
export function MomentField({ label, value = '', onChange, error, withAsterisk = false, ...rest }: MomentFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const [date = '', time = ''] = value.split('T');
  const change = (nextDate: string, nextTime: string) =>
    onChange(nextDate === '' && nextTime === '' ? '' : `${nextDate}T${nextTime}`);
  return (
    <div role="group" aria-labelledby={id}>
      <Input.Label id={id} labelElement="div" required={withAsterisk}>
        {label}
      </Input.Label>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <DateField
          aria-label={`${label}: ${t('date.date')}`}
          flex={1}
          miw={0}
          value={date}
          onChange={(next) => change(next, time)}
          data-autofocus={rest['data-autofocus']}
        />
        <TimeField
          aria-label={`${label}: ${t('date.time')}`}
          w={78}
          value={time}
          onChange={(next) => change(date, next)}
        />
      </Group>
      {error != null && error !== false && <Input.Error mt={4}>{error}</Input.Error>}
    </div>
  );
}

interface Rules {
  /** Why a value is not taken; nothing when it is. */
  readonly fault: (value: string) => string;
  readonly parse: (text: string) => string | undefined;
  readonly write: (value: string) => string;
  readonly group: (text: string) => string;
}

/** Keeps what is typed until it is a value; what is none is refused at the field and by its form. */
function Typed({ value = '', onChange, error, fault, parse, write, group, onBlur, ...props }: TypedProps & Rules) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(() => write(value));
  const [seen, setSeen] = useState(value);
  const [sent, setSent] = useState(value);
  const [left, setLeft] = useState(false);
  if (value !== seen) {
    setSeen(value);
    if (value !== sent) {
      setSent(value);
      setTyped(write(value)); // changed from outside
    }
  }
  const wrong = value === '' ? '' : fault(value);
  useEffect(() => input.current?.setCustomValidity(wrong), [wrong]);
  const change = (text: string) => {
    const shown = text.length > typed.length ? group(text) : text;
    const next = parse(shown) ?? shown.trim();
    setTyped(/^\d{4}-/.test(shown) && next === shown ? write(next) : shown);
    setSent(next);
    setLeft(false);
    onChange(next);
  };
  return (
    <TextInput
      autoComplete="off"
      {...props}
      ref={input}
      value={typed}
      error={error ?? (left && wrong !== '' ? wrong : undefined)}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={(event) => {
        setTyped(write(value));
        setLeft(true);
        onBlur?.(event);
      }}
      onInvalid={() => setLeft(true)}
    />
  );
}
