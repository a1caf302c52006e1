import { List, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { PasswordField } from './password_field';

/** What the server demands at least (`telesalud.identity.policy.SHORTEST_PASSWORD`). */
const SHORTEST = 12;
const LONGEST = 128;
/** Codes of `telesalud.identity.passwords.check_new`. */
const RULES = ['too_short', 'too_easy', 'used_before'] as const;

export type NewPassword = { new_password: string; repeated: string };

/** What can be told before the server is asked. */
export function passwordFaults(fields: NewPassword, t: TFunction): Record<string, string> {
  const { new_password: password, repeated } = fields;
  const long = Array.from(password.normalize('NFKC')).length; // as the server counts
  if (long < SHORTEST) return { new_password: t('password.too_short', { least: SHORTEST }) };
  return repeated === password ? {} : { repeated: t('signIn.mismatch') };
}

/** Why the server refused the new password, in the user's words. */
export function passwordMarks(refused: Problem, t: TFunction): Record<string, string> {
  const fault = refused.fields.find(({ pointer }) => pointer === '/new_password');
  const rule = RULES.find((code) => code === fault?.code);
  return rule ? { new_password: t(`password.${rule}`, { least: SHORTEST }) } : {};
}

interface FieldsProps<Fields extends NewPassword> {
  readonly form: UseFormReturnType<Fields>;
}

/** The new password twice, below the rules that it must meet. */
export function NewPasswordFields<Fields extends NewPassword>({ form }: FieldsProps<Fields>) {
  const { t } = useTranslation();
  return (
    <>
      <div id="password-rules">
        <Text size="sm" fw={500}>
          {t('password.rules')}
        </Text>
        <List size="sm" c="dimmed">
          <List.Item>{t('password.ruleLength', { least: SHORTEST })}</List.Item>
          <List.Item>{t('password.ruleGuess')}</List.Item>
          <List.Item>{t('password.ruleUsed')}</List.Item>
        </List>
      </div>
      <PasswordField
        label={t('signIn.newPassword')}
        autoComplete="new-password"
        maxLength={LONGEST}
        aria-describedby="password-rules"
        {...form.getInputProps('new_password')}
      />
      <PasswordField
        label={t('signIn.repeatPassword')}
        autoComplete="new-password"
        maxLength={LONGEST}
        {...form.getInputProps('repeated')}
      />
    </>
  );
}
