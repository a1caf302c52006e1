import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useSaving } from '../data/saving';
import { open, unwrap } from '../data/server/client';
import { Form, Refused } from '../kit/forms';
import { AS_TYPED } from './as_typed';
import { Entrance } from './entrance';
import { NewPasswordFields, passwordFaults, passwordMarks, type NewPassword } from './new_password';
import { PasswordField } from './password_field';

export interface Who {
  readonly tenant: string;
  readonly userName: string;
}

/** Either the present password has expired, or an administrator handed over a one-time code. */
export interface PasswordChange extends Who {
  readonly kind: 'expired' | 'code';
}

interface SetPasswordProps {
  readonly change: PasswordChange;
  /** Whose password was set; nobody's when that was given up. */
  readonly onDone: (who?: Who) => void;
}

type Fields = NewPassword & {
  tenant: string;
  user_name: string;
  code: string;
  password: string;
  second_factor: string;
};

export function SetPassword({ change, onDone }: SetPasswordProps) {
  const { t } = useTranslation();
  const byCode = change.kind === 'code';
  const proof = byCode ? 'code' : 'password';
  const form = useForm<Fields>({
    initialValues: {
      tenant: change.tenant,
      user_name: change.userName,
      code: '',
      password: '',
      second_factor: '',
      new_password: '',
      repeated: '',
    },
    validate: (fields) => ({
      ...Object.fromEntries(
        (['tenant', 'user_name', proof] as const)
          .filter((name) => fields[name].trim() === '')
          .map((name) => [name, t('common.required')]),
      ),
      ...passwordFaults(fields, t),
    }),
  });
  const saving = useSaving(
    form,
    [],
    async ({ repeated: _, ...fields }) => {
      await send(byCode, fields);
      return { tenant: fields.tenant.trim(), userName: fields.user_name.trim() };
    },
    (who) => {
      notifications.show({ message: t('password.changed') });
      onDone(who);
    },
    (refused) => ({
      ...passwordMarks(refused, t),
      ...(refused.kind === 'second-factor-required' && { second_factor: t('signIn.needCode') }),
      ...(refused.kind === 'log-in-refused' && { [proof]: t(byCode ? 'signIn.wrongOneTime' : 'signIn.wrong') }),
    }),
  );
  return (
    <Entrance>
      <Form onSubmit={saving.onSubmit}>
        <div>
          <Title order={1} size="h2">
            {t('signIn.changeTitle')}
          </Title>
          <Text c="dimmed">{t('signIn.changeIntro')}</Text>
        </div>
        <TextInput
          label={t('signIn.tenant')}
          autoComplete="organization"
          {...AS_TYPED}
          {...form.getInputProps('tenant')}
        />
        <TextInput
          label={t('signIn.userName')}
          autoComplete="username"
          {...AS_TYPED}
          {...form.getInputProps('user_name')}
        />
        {byCode ? (
          <TextInput label={t('signIn.oneTimeCode')} autoComplete="off" {...AS_TYPED} {...form.getInputProps('code')} />
        ) : (
          <Stack>
            <PasswordField
              label={t('signIn.password')}
              autoComplete="current-password"
              {...form.getInputProps('password')}
            />
            <TextInput
              label={t('signIn.code')}
              description={t('signIn.codeHelp')}
              autoComplete="one-time-code"
              {...AS_TYPED}
              {...form.getInputProps('second_factor')}
            />
          </Stack>
        )}
        <NewPasswordFields form={form} />
        <Refused text={saving.refusal} />
        <Group justify="space-between">
          <Button variant="default" onClick={() => onDone()}>
            {t('common.back')}
          </Button>
          <Button type="submit" loading={saving.busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Form>
    </Entrance>
  );
}

async function send(byCode: boolean, fields: Omit<Fields, 'repeated'>): Promise<void> {
  const { tenant, user_name, code, password, second_factor, new_password } = fields;
  const who = { tenant: tenant.trim(), user_name: user_name.trim(), new_password };
  if (byCode) {
    await unwrap(open.POST('/identity/password-resets', { body: { ...who, code: code.trim() } }));
  } else {
    const body = { ...who, password, second_factor: second_factor.trim() || null };
    await unwrap(open.POST('/identity/password-changes', { body }));
  }
}
