import { Alert, Button, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useSaving } from '../data/saving';
import { open as server, unwrap } from '../data/server/client';
import { useDoor, useSession } from '../data/session/session';
import { Form, FormEnd } from '../kit/forms';
import { day } from '../language/format';
import { AccountCard } from './account_card';
import { NewPasswordFields, passwordFaults, passwordMarks, type NewPassword } from './new_password';
import { PasswordField } from './password_field';

/** One's own password; the server ends every session when it changes, this one too. */
export function Password() {
  const { t } = useTranslation();
  const { me } = useSession();
  const [changing, { open, close }] = useDisclosure();
  return (
    <AccountCard
      title={t('password.title')}
      text={
        me.password_expires_at
          ? t('account.passwordUntil', { date: day(me.password_expires_at.slice(0, 10)) })
          : t('password.neverExpires')
      }
      action={
        <Button variant="default" onClick={open}>
          {t('password.change')}
        </Button>
      }
    >
      <Modal
        opened={changing}
        onClose={close}
        title={t('password.change')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <ChangePassword onCancel={close} />
      </Modal>
    </AccountCard>
  );
}

type Fields = NewPassword & { password: string; second_factor: string };

function ChangePassword({ onCancel }: { readonly onCancel: () => void }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const { expire } = useDoor();
  const withCode = me.second_factor_enrolled;
  const form = useForm<Fields>({
    initialValues: { password: '', second_factor: '', new_password: '', repeated: '' },
    validate: (fields) => ({
      ...(fields.password === '' && { password: t('common.required') }),
      ...(withCode && fields.second_factor.trim() === '' && { second_factor: t('common.required') }),
      ...passwordFaults(fields, t),
    }),
  });
  const saving = useSaving(
    form,
    [],
    ({ password, second_factor, new_password }) => {
      const { tenant, user_name } = me;
      const body = { tenant, user_name, password, second_factor: second_factor.trim() || null, new_password };
      return unwrap(server.POST('/identity/password-changes', { body }));
    },
    () => {
      notifications.show({ message: t('password.changed'), autoClose: 15_000 });
      expire();
    },
    (refused) => ({
      ...passwordMarks(refused, t),
      ...(refused.kind === 'second-factor-required' && { second_factor: t('signIn.needCode') }),
      ...(refused.kind === 'log-in-refused' && { password: t(withCode ? 'signIn.wrongCode' : 'password.wrong') }),
    }),
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <Alert color="blue">{t('password.ends')}</Alert>
      <input type="text" autoComplete="username" value={me.user_name} readOnly hidden />
      <PasswordField
        data-autofocus
        label={t('password.present')}
        autoComplete="current-password"
        {...form.getInputProps('password')}
      />
      {withCode && (
        <TextInput
          label={t('signIn.code')}
          description={t('signIn.codeHelp')}
          autoComplete="one-time-code"
          {...form.getInputProps('second_factor')}
        />
      )}
      <NewPasswordFields form={form} />
      <FormEnd saving={saving} onCancel={onCancel} />
    </Form>
  );
}
