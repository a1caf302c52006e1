import { NumberInput } from '@mantine/core';
import { LOCALES, currentLanguage } from '../../language/i18n';

interface FigureProps {
  readonly label: string;
  readonly value: number;
  readonly most?: number;
  readonly decimals?: number;
  readonly onChange: (value: number) => void;
}

/** A positive number; while the field is empty it counts as zero, which the form does not accept. */
export function Figure({ label, value, most = 100_000_000, decimals = 0, onChange }: FigureProps) {
  const comma = (1.1).toLocaleString(LOCALES[currentLanguage()]).charAt(1);
  return (
    <NumberInput
      label={label}
      value={value === 0 ? '' : value}
      min={0}
      max={most}
      clampBehavior="strict"
      decimalScale={decimals}
      decimalSeparator={comma}
      allowedDecimalSeparators={['.', ',']}
      allowNegative={false}
      hideControls
      inputMode="decimal"
      onChange={(next) => onChange(typeof next === 'number' ? next : 0)}
    />
  );
}
