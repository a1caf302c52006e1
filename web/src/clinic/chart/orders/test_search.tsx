import { Group, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useTests, type OrderedTest, type OrderKind } from '../../data/orders';
import { Tag } from '../../kit/tag';
import { refusal } from '../../language/order_refusals';
import classes from './orders.module.css';

interface SearchProps {
  readonly kind: OrderKind;
  readonly onPick: (test: OrderedTest) => void;
}

interface Offer {
  readonly test: OrderedTest;
  readonly coded: boolean;
}

/** Tests of the catalogue; the last choice orders what is typed, and says that it has no code. */
export function TestSearch({ kind, onPick }: SearchProps) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text, 200);
  const [active, setActive] = useState(0);
  const search = useTests(settled, kind);
  const typed = text.trim();
  // Only what answers the typed text: Enter must never take a test of an earlier search.
  const answered = typed !== '' && settled === text && !search.isFetching;
  const offers = answered ? offered(search.data ?? [], typed) : [];
  const pick = ({ test }: Offer) => {
    onPick(test);
    setText('');
    setActive(0);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((now) => Math.min(Math.max(now + step, 0), Math.max(offers.length - 1, 0)));
    }
    if (event.key === 'Enter') {
      event.preventDefault(); // the form is not sent from its search box
      const chosen = offers[active];
      if (chosen) pick(chosen);
    }
    if (event.key === 'Escape') setText('');
  };
  return (
    <div>
      <TextInput
        label={t('orders.oneTest')}
        description={t('orders.oneTestHint')}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={text}
        maxLength={100}
        role="combobox"
        aria-expanded={offers.length > 0}
        aria-controls={id}
        aria-activedescendant={offers[active] ? `${id}-${active}` : undefined}
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
        aria-label={t('orders.oneTest')}
        aria-busy={search.isFetching}
        className={classes.options}
        data-open={offers.length > 0 || undefined}
      >
        {offers.map((offer, index) => (
          <UnstyledButton
            key={`${offer.test.loinc ?? offer.test.code ?? ''} ${offer.test.display}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            className={classes.option}
            data-active={index === active || undefined}
            onClick={() => pick(offer)}
          >
            <Group justify="space-between" wrap="nowrap">
              <Text fw={offer.coded ? 600 : 400}>
                {offer.coded ? offer.test.display : t('orders.uncodedTest', { text: offer.test.display })}
              </Text>
              {offer.coded ? (
                <Text size="sm" c="dimmed" className="numeric">
                  {offer.test.loinc ?? offer.test.code}
                </Text>
              ) : (
                <Tag tone="warn">{t('orders.uncodedMark')}</Tag>
              )}
            </Group>
          </UnstyledButton>
        ))}
      </div>
    </div>
  );
}

/** The tests found, and the typed text without a code as the last choice. */
export function offered(found: readonly OrderedTest[], typed: string): readonly Offer[] {
  return [
    ...found.map(({ loinc, code, display }) => ({
      test: { display, ...(loinc != null && { loinc }), ...(code != null && { code }) },
      coded: true,
    })),
    { test: { display: typed }, coded: false },
  ];
}
