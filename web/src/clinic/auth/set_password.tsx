import { Alert, Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { open, unwrap } from '../api';
import { explain } from './refusals';

/** Either the present password has expired, or an administrator handed over a one-time code. */
export interface PasswordChange {
  readonly kind: 'expired' | 'code';
  readonly tenant: string;
  readonly userName: string;
}

interface SetPasswordProps {
  readonly change: PasswordChange;
  readonly onDone: () => void;
}

export function SetPassword({ change, onDone }: SetPasswordProps) {
  const { t } = useTranslation();
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const byCode = change.kind === 'code';
  const form = useForm({
    initialValues: {
      tenant: change.tenant,
      userName: change.userName,
      proof: '',
      secondFactor: '',
      password: '',
      repeated: '',
    },
    validate: {
      proof: (value) => (value === '' ? t('common.required') : null),
      password: (value) => (value === '' ? t('common.required') : null),
      repeated: (value, values) => (value === values.password ? null : t('signIn.mismatch')),
    },
  });

  const submit = async (fields: typeof form.values) => {
    setBusy(true);
    setFault('');
    const who = { tenant: fields.tenant, user_name: fields.userName, new_password: fields.password };
    try {
      if (byCode) {
        await unwrap(open.POST('/identity/password-resets', { body: { ...who, code: fields.proof.trim() } }));
      } else {
        const second_factor = fields.secondFactor === '' ? null : fields.secondFactor;
        const body = { ...who, password: fields.proof, second_factor };
        await unwrap(open.POST('/identity/password-changes', { body }));
      }
      onDone();
    } catch (error) {
      const refused = error instanceof Problem ? error.fields.map((f) => f.detail).join(' ') : '';
      setFault(refused !== '' ? refused : error instanceof Problem && error.status === 401 ? t('signIn.wrong') : explain(error, t));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper component="form" p="xl" w="100%" maw={420} shadow="sm" onSubmit={form.onSubmit((f) => void submit(f))}>
        <Stack>
          <div>
            <Title order={1} size="h2">
              {t('signIn.changeTitle')}
            </Title>
            <Text c="dimmed">{t('signIn.changeIntro')}</Text>
          </div>
          <TextInput label={t('signIn.tenant')} {...form.getInputProps('tenant')} />
          <TextInput label={t('signIn.userName')} autoComplete="username" {...form.getInputProps('userName')} />
          {byCode ? (
            <TextInput label={t('signIn.oneTimeCode')} autoComplete="one-time-code" {...form.getInputProps('proof')} />
          ) : (
            <>
              <PasswordInput
                label={t('signIn.password')}
                autoComplete="current-password"
                {...form.getInputProps('proof')}
              />
              <TextInput
                label={t('signIn.code')}
                description={t('signIn.codeHelp')}
                autoComplete="one-time-code"
                {...form.getInputProps('secondFactor')}
              />
            </>
          )}
          <PasswordInput
            label={t('signIn.newPassword')}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <PasswordInput
            label={t('signIn.repeatPassword')}
            autoComplete="new-password"
            {...form.getInputProps('repeated')}
          />
          <div role="alert">{fault !== '' && <Alert color="red">{fault}</Alert>}</div>
          <Group justify="space-between">
            <Button variant="default" onClick={onDone}>
              {t('common.back')}
            </Button>
            <Button type="submit" loading={busy}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </Paper>
    </Center>
  );
}
