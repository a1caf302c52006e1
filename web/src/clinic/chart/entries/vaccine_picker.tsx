import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useVaccines } from '../../data/chart/immunization';
import { currentLanguage } from '../../language/i18n';

const PREFIX = 'cvx:';

interface VaccinePickerProps {
  readonly first: boolean;
  readonly value: readonly string[];
  readonly error?: ReactNode;
  readonly onChange: (codes: readonly string[]) => void;
  /** What the chosen vaccine is called. */
  readonly onName?: (name: string) => void;
}

/** The vaccine by its code, so that the plan can count it; other codes of the entry stay. */
export function VaccinePicker({ first, value, error, onChange, onName }: VaccinePickerProps) {
  const { t } = useTranslation();
  const language = currentLanguage();
  const known = (useVaccines().data ?? []).map(({ code, titles }) => ({ value: code, label: titles[language] }));
  const chosen = value.find((code) => code.startsWith(PREFIX)) ?? null;
  const listed = chosen === null || known.some((one) => one.value === chosen);
  return (
    <Select
      label={t('lists.field.vaccine')}
      description={t('vaccines.choose')}
      searchable
      clearable
      data={listed ? known : [...known, { value: chosen, label: chosen }]}
      value={chosen}
      error={error}
      onChange={(code) => {
        onChange([...(code === null ? [] : [code]), ...value.filter((one) => !one.startsWith(PREFIX))]);
        const name = known.find((one) => one.value === code)?.label;
        if (name !== undefined) onName?.(name);
      }}
      {...(first && { 'data-autofocus': true })}
    />
  );
}
