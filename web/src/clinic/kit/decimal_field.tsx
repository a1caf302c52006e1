import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';
import { LOCALES, currentLanguage } from '../language/i18n';

interface DecimalProps extends Omit<NumberInputProps, 'value' | 'onChange'> {
  /** Undefined while nothing is written. */
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

/**
 * A number with decimals, by point or comma. What is being typed stays as it is: `1,` is no number yet,
 * and a field that took it back would make 1,5 a 5.
 */
export function DecimalField({ value, onChange, ...field }: DecimalProps) {
  const [text, setText] = useState<number | string>(value ?? '');
  if ((meant(text) ?? 0) !== (value ?? 0)) setText(value ?? '');
  const separator = (1.1).toLocaleString(LOCALES[currentLanguage()]).charAt(1);
  return (
    <div style={{ display: 'contents' }} onChangeCapture={(event) => respell(event.target, separator)}>
      <NumberInput
        {...field}
        value={text}
        decimalSeparator={separator}
        allowedDecimalSeparators={['.', ',']}
        hideControls
        inputMode="decimal"
        onChange={(next) => {
          setText(next);
          onChange(meant(next));
        }}
      />
    </div>
  );
}

/** Dictation and suggestions put in a whole number at once: its comma or point is the decimal one. */
function respell(target: EventTarget, separator: string): void {
  if (!(target instanceof HTMLInputElement)) return;
  const other = separator === ',' ? '.' : ',';
  if (/^-?\d*[.,]\d*$/.test(target.value) && target.value.includes(other))
    target.value = target.value.replace(other, separator);
}

/** The number that a field holds, where it is one. */
function meant(text: number | string): number | undefined {
  const plain = String(text).trim();
  const found = Number(plain);
  return plain === '' || Number.isNaN(found) ? undefined : found;
}
