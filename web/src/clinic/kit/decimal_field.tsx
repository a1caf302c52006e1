import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { numberFault, parseFigure, typedNumber } from '../language/typed_number';

interface DecimalFieldProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  readonly value: number | undefined;
  readonly most?: number;
  readonly whole?: boolean;
  /** Undefined while there is no number, or one that may be read in two ways. */
  readonly onChange: (value: number | undefined) => void;
}

/** A number that is not negative, typed with a comma or a point; asks when it may mean two. */
export function DecimalField({ value, most = Infinity, whole = false, onChange, error, ...rest }: DecimalFieldProps) {
  const { t } = useTranslation();
  const read = (text: string): number | undefined => {
    const found = parseFigure(text);
    return found === undefined || found > most || (whole && !Number.isInteger(found)) ? undefined : found;
  };
  const [typed, setTyped] = useState(value === undefined ? '' : typedNumber(value));
  // Another value from outside, as when a line is chosen again, takes the place of what was typed.
  const kept = value === undefined ? '' : typedNumber(value);
  const shown = read(typed) === value ? typed : kept;
  const empty = shown.trim() === '';
  const fault = empty
    ? undefined
    : (numberFault(shown, t) ?? (read(shown) === undefined ? t('number.range') : undefined));
  return (
    <TextInput
      {...rest}
      inputMode={whole ? 'numeric' : 'decimal'}
      value={shown}
      error={fault ?? error}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(read(event.currentTarget.value));
      }}
    />
  );
}
