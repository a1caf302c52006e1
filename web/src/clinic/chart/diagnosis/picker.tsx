import { ActionIcon, Alert, Group, Loader, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue, useId } from '@mantine/hooks';
import { IconLink, IconSearch, IconX } from '@tabler/icons-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { combined, useDiagnoses, type Found } from '../../data/chart/diagnoses';
import type { Diagnosis } from '../../data/chart/entries';
import { Flag } from '../../kit/flag';
import { currentLanguage } from '../../language/i18n';
import { explain } from '../../language/refusals';
import classes from './picker.module.css';

const SETTLE_MS = 200;

interface PickerProps {
  readonly label: string;
  readonly value: readonly Diagnosis[];
  readonly error?: ReactNode;
  readonly 'data-autofocus'?: boolean;
  readonly onChange: (value: readonly Diagnosis[]) => void;
}

/** ICD-11 codes: type words or a code, move with the arrows, choose with Enter. */
export function DiagnosisPicker({ label, value, error, onChange, ...rest }: PickerProps) {
  const { t } = useTranslation();
  const list = useId();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [extended, setExtended] = useState<Diagnosis>();
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const found = useDiagnoses(text === '' ? '' : settled, currentLanguage());
  const { options } = found;
  const at = Math.min(active, options.length - 1);

  const choose = (one: Diagnosis) => {
    onChange(extended ? value.map((known) => (known === extended ? combined(known, one) : known)) : [...value, one]);
    setExtended(undefined);
    setText('');
    setActive(0);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && options.length > 0) {
      event.preventDefault();
      setActive((at + step + options.length) % options.length);
    }
    if (event.key === 'Enter') {
      event.preventDefault(); // what is typed is a search, not the end of the form
      const chosen = options[at];
      if (chosen && settled === text && !found.searching) choose(chosen);
    }
    if (event.key === 'Escape' && (text !== '' || extended)) {
      event.stopPropagation(); // clears the search; the dialog around it stays
      setText('');
      setExtended(undefined);
    }
  };
  return (
    <Stack gap="xs">
      <TextInput
        data-autofocus={rest['data-autofocus']}
        label={label}
        description={extended ? t('problems.extending', { code: extended.code }) : t('problems.hint')}
        error={error}
        leftSection={found.searching ? <Loader size={16} /> : <IconSearch size={16} aria-hidden />}
        value={text}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-controls={list}
        aria-activedescendant={options[at] ? `${list}-${at}` : undefined}
        autoComplete="off"
        maxLength={200}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <Options id={list} found={found} active={at} onChoose={choose} />
      <Status text={settled} found={found} />
      {value.length > 0 && (
        <ul className={classes.chosen} aria-label={t('problems.chosen')}>
          {value.map((one) => (
            <Chosen
              key={one.code}
              diagnosis={one}
              onExtend={() => setExtended(one)}
              onRemove={() => onChange(value.filter((known) => known !== one))}
            />
          ))}
        </ul>
      )}
    </Stack>
  );
}

interface OptionsProps {
  readonly id: string;
  readonly found: Found;
  readonly active: number;
  readonly onChoose: (one: Diagnosis) => void;
}

function Options({ id, found, active, onChoose }: OptionsProps) {
  const { t } = useTranslation();
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t('problems.found')}
      className={classes.list}
      hidden={found.options.length === 0}
    >
      {found.options.map((one, index) => {
        const language = found.languages.get(one.code);
        return (
          <div
            key={one.code}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={classes.option}
            ref={index === active ? (row) => row?.scrollIntoView({ block: 'nearest' }) : undefined}
            onMouseDown={(event) => event.preventDefault()} // the typing stays where it is
            onClick={() => onChoose(one)}
          >
            <span className={classes.code}>{one.code}</span>
            <span lang={language}>
              <Titles diagnosis={one} />
            </span>
            {language !== undefined && <Flag kind="plain">{language}</Flag>}
          </div>
        );
      })}
    </div>
  );
}

function Titles({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  const { t } = useTranslation();
  const unsure = diagnosis.codes.filter(({ warning }) => warning !== null);
  return (
    <>
      {diagnosis.codes
        .map(({ title }) => title)
        .filter(Boolean)
        .join(' / ')}
      {unsure.length > 0 && (
        <Text span size="sm" c="var(--ts-sun)">
          {' '}
          {t('problems.unverified', { codes: unsure.map(({ code }) => code).join(', ') })}
        </Text>
      )}
    </>
  );
}

/** What the search says, also to a screen reader; and where the codes are from. */
function Status({ text, found }: { readonly text: string; readonly found: Found }) {
  const { t } = useTranslation();
  const { options, searching, noRelease, error, attribution } = found;
  const quiet = text.trim().length < 2;
  return (
    <>
      <Text size="sm" c="dimmed" role="status">
        {!quiet && !searching && error === undefined && !noRelease && t('problems.count', { count: options.length })}
      </Text>
      {!quiet && found.searched != null && <Text size="sm">{t('problems.corrected', { text: found.searched })}</Text>}
      {noRelease && <Alert color="yellow">{t('problems.noRelease')}</Alert>}
      {error !== undefined && (
        <Alert color="red" role="alert">
          {explain(error, t)}
        </Alert>
      )}
      {!quiet && attribution !== '' && (
        <Text size="xs" c="dimmed">
          {attribution}
        </Text>
      )}
    </>
  );
}

interface ChosenProps {
  readonly diagnosis: Diagnosis;
  readonly onExtend: () => void;
  readonly onRemove: () => void;
}

function Chosen({ diagnosis, onExtend, onRemove }: ChosenProps) {
  const { t } = useTranslation();
  return (
    <li className={classes.chip}>
      <span className={classes.code}>{diagnosis.code}</span>
      <span className={classes.titles}>
        <Titles diagnosis={diagnosis} />
      </span>
      <Group gap={4} wrap="nowrap">
        <Tooltip label={t('problems.extend')}>
          <ActionIcon
            variant="subtle"
            aria-label={t('problems.extendCode', { code: diagnosis.code })}
            onClick={onExtend}
          >
            <IconLink size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <ActionIcon variant="subtle" aria-label={t('problems.remove', { code: diagnosis.code })} onClick={onRemove}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </li>
  );
}
