import { Alert } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** Says that something sensitive is there which the reader may not see. */
export function Withheld({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <Alert color="gray" icon={<IconEyeOff aria-hidden />}>
      {t('chart.withheldHere', { count })}
    </Alert>
  );
}
