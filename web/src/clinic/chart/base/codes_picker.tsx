import { Group, Pill, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useTerms, type Term } from '../../data/orders';
import { codeText } from '../../language/codes';

interface CodesProps {
  readonly label: string;
  readonly purpose: 'allergy' | 'medicine';
  readonly value: readonly string[];
  readonly error?: ReactNode;
  readonly onChange: (codes: readonly string[]) => void;
  /** The name of what was chosen, for an entry that has none yet. */
  readonly onName?: (name: string) => void;
}

const MOST = 20;

/** What it is, from the list that prescriptions are checked with: words, arrows, Enter. */
export function CodesPicker({ label, purpose, value, error, onChange, onName }: CodesProps) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text, 200);
  const [active, setActive] = useState(0);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const terms = useTerms(settled, purpose);
  const open = text.trim().length >= 2 && settled === text;
  const found = open ? (terms.data ?? []) : [];
  const pick = (term: Term) => {
    onChange([...new Set([...value, term.code])].slice(0, MOST));
    setNames((now) => ({ ...now, [term.code]: term.name }));
    onName?.(term.name);
    setText('');
    setActive(0);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((now) => Math.min(Math.max(now + step, 0), Math.max(found.length - 1, 0)));
    }
    if (event.key === 'Enter' && text !== '') {
      event.preventDefault();
      const chosen = found[active];
      if (chosen) pick(chosen);
    }
  };
  return (
    <div>
      <TextInput
        label={label}
        description={t('lists.pick.codesHint')}
        error={error}
        value={text}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
        autoComplete="off"
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <div id={id} role="listbox" aria-label={label} style={{ maxHeight: 260, overflowY: 'auto' }}>
        {found.map((term, index) => (
          <UnstyledButton
            key={term.code}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            display="block"
            w="100%"
            p="xs"
            style={index === active ? { background: 'var(--ts-lake-1)' } : {}}
            onClick={() => pick(term)}
          >
            {term.name}
          </UnstyledButton>
        ))}
      </div>
      {open && terms.isSuccess && found.length === 0 && (
        <Text size="sm" role="status">
          {t('lists.pick.codesNone')}
        </Text>
      )}
      <Group gap="xs" mt="xs">
        {value.map((code) => {
          const name = names[code] ?? codeText(code);
          return (
            <Pill
              key={code}
              withRemoveButton
              removeButtonProps={{
                'aria-label': `${t('lists.pick.codesRemove')}: ${name}`,
                tabIndex: 0,
                'aria-hidden': false,
              }}
              onRemove={() => onChange(value.filter((each) => each !== code))}
            >
              {name}
            </Pill>
          );
        })}
      </Group>
    </div>
  );
}
