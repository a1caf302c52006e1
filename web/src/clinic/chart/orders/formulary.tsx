import { Group, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormulary, type FormularyItem } from '../../data/orders';
import { Tag } from '../../kit/tag';
import { refusal } from '../../language/order_refusals';
import classes from './orders.module.css';

interface FormularyProps {
  readonly label: string;
  readonly hint: string;
  readonly onPick: (item: FormularyItem) => void;
}

/** Type words, a code or an ATC code; move with the arrows, choose with Enter. */
export function FormularySearch({ label, hint, onPick }: FormularyProps) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text, 200);
  const [active, setActive] = useState(0);
  const search = useFormulary(settled);
  const open = text.trim().length >= 2;
  // Only what answers the typed text: Enter must never take a product of an earlier search.
  const found = open && settled === text ? (search.data ?? []) : [];
  const pick = (item: FormularyItem) => {
    onPick(item);
    setText('');
    setActive(0);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((now) => Math.min(Math.max(now + step, 0), Math.max(found.length - 1, 0)));
    }
    const chosen = found[active];
    if (event.key === 'Enter') {
      event.preventDefault(); // the form is not sent from its search box
      if (chosen) pick(chosen);
    }
    if (event.key === 'Escape') setText('');
  };
  return (
    <div>
      <TextInput
        label={label}
        description={hint}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={text}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
        autoComplete="off"
        error={search.isError ? refusal(search.error, t) : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <div
        id={id}
        role="listbox"
        aria-label={label}
        aria-busy={search.isFetching}
        className={classes.options}
        data-open={found.length > 0 || undefined}
      >
        {found.map((item, index) => (
          <Option key={item.code} id={`${id}-${index}`} item={item} active={index === active} onPick={pick} />
        ))}
      </div>
      {open && search.isSuccess && found.length === 0 && settled === text && (
        <Text size="sm" c="dimmed" role="status" mt={4}>
          {t('orders.noProduct')}
        </Text>
      )}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly item: FormularyItem;
  readonly active: boolean;
  readonly onPick: (item: FormularyItem) => void;
}

function Option({ id, item, active, onPick }: OptionProps) {
  const { t } = useTranslation();
  return (
    <UnstyledButton
      id={id}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      className={classes.option}
      data-active={active || undefined}
      onClick={() => onPick(item)}
    >
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600}>
            {item.name} {item.strength}
          </Text>
          <Text size="sm" c="dimmed">
            {item.form} · {item.atc} · {item.code}
          </Text>
        </div>
        {item.controlled && <Tag tone="warn">{t('orders.controlled')}</Tag>}
      </Group>
    </UnstyledButton>
  );
}
