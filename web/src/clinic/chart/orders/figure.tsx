import { DecimalField } from '../../kit/decimal_field';

interface FigureProps {
  readonly label: string;
  readonly value: number;
  readonly most?: number;
  readonly decimals?: number;
  readonly onChange: (value: number) => void;
}

/** A positive number; while the field is empty it counts as zero, which the form does not accept. */
export function Figure({ label, value, most = 100_000_000, decimals = 0, onChange }: FigureProps) {
  return (
    <DecimalField
      label={label}
      value={value === 0 ? undefined : value}
      most={most}
      whole={decimals === 0}
      onChange={(next) => onChange(next ?? 0)}
    />
  );
}
