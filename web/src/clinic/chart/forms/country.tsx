/** What the institution's country has to a questionnaire. */
import { Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { LocalForm } from '../../data/chart/forms';

/** Whom somebody in danger can call, where the country has a number. */
export function CrisisLine({ line }: { readonly line: LocalForm['crisisLine'] }) {
  const { t } = useTranslation();
  if (line === null) return null;
  return <Text className="numeric">{t('forms.crisisLine', line)}</Text>;
}

/** How large a drink is in questions about alcohol. */
export function drinkText({ grams, own }: NonNullable<LocalForm['drink']>, t: TFunction): string {
  return t(own ? 'forms.drinkOwn' : 'forms.drink', { grams });
}
