import { Radio, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/appointments';

export type SeriesScope = components['schemas']['SeriesScope'];

const SCOPES: readonly SeriesScope[] = ['this', 'following', 'all'];

interface ScopeProps {
  readonly scope: SeriesScope;
  readonly onChange: (scope: SeriesScope) => void;
}

/** Which of a series an edit is about. */
export function ScopeField({ scope, onChange }: ScopeProps) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t('series.scope')}
      value={scope}
      onChange={(value) => onChange(SCOPES.find((each) => each === value) ?? 'this')}
    >
      <Stack gap="xs" mt={4}>
        {SCOPES.map((value) => (
          <Radio key={value} value={value} label={t(`series.${value}`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
