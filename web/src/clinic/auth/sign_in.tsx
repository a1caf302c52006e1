import { Alert, Anchor, Button, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inBrowser } from '../../common/kept';
import { Problem } from '../../common/problem';
import { open, unwrap } from '../data/server/client';
import { useDoor } from '../data/session/session';
import { NotFetched, Opening } from '../kit/opening';
import { explain } from '../language/refusals';
import { AS_TYPED } from './as_typed';
import { Entrance } from './entrance';
import { marks } from './marks';
import { PasswordField } from './password_field';
import type { PasswordChange, Who } from './set_password';

// Few need them, and everybody would wait for them.
const SetPassword = lazy(() =>
  import('./set_password').then(
    (found) => ({ default: found.SetPassword }),
    () => ({ default: NotFetched }),
  ),
);
const EnrolSecondFactor = lazy(() =>
  import('./second_factor').then(
    (found) => ({ default: found.EnrolSecondFactor }),
    () => ({ default: NotFetched }),
  ),
);

const TENANT = 'telesalud.tenant';

interface Fields {
  readonly tenant: string;
  readonly userName: string;
  readonly password: string;
  readonly code: string;
}

/** Signing in, with the second factor when it is asked for, and changing an expired password. */
export function SignIn() {
  const { t } = useTranslation();
  const { state, me, enter } = useDoor();
  const [needsCode, setNeedsCode] = useState(false);
  const [change, setChange] = useState<PasswordChange>();
  const [enrolling, setEnrolling] = useState(false);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useForm<Fields>({
    initialValues: {
      tenant: me?.tenant ?? inBrowser.get(TENANT) ?? '',
      userName: me?.user_name ?? '',
      password: '',
      code: '',
    },
    validate: (fields) => ({
      tenant: fields.tenant === '' ? t('common.required') : null,
      userName: fields.userName === '' ? t('common.required') : null,
      password: fields.password === '' ? t('common.required') : null,
    }),
  });

  const submit = async (fields: Fields) => {
    setBusy(true);
    setFault('');
    try {
      const body = {
        tenant: fields.tenant,
        user_name: fields.userName,
        password: fields.password,
        second_factor: fields.code === '' ? null : fields.code,
        refresh: 'cookie' as const,
      };
      const started = await unwrap(open.POST('/identity/sessions', { body }));
      inBrowser.set(TENANT, fields.tenant.trim().toLowerCase());
      enter(started);
    } catch (error) {
      const kind = error instanceof Problem ? error.kind : '';
      if (kind === 'second-factor-required') {
        setNeedsCode(true);
        setFault(fields.code === '' ? '' : t('signIn.needCode'));
      } else if (kind === 'password-change-required') {
        setChange({ kind: 'expired', tenant: fields.tenant, userName: fields.userName });
      } else if (kind === 'second-factor-enrolment-required') {
        setEnrolling(true);
      } else {
        form.setErrors(marks(error, t));
        const wrong = t(fields.code === '' ? 'signIn.wrong' : 'signIn.wrongCode');
        setFault(kind === 'log-in-refused' ? wrong : explain(error, t));
      }
    } finally {
      setBusy(false);
    }
  };

  const changed = (who?: Who) => {
    setChange(undefined);
    if (who) form.setValues({ ...who, password: '', code: '' });
  };
  if (change) {
    return (
      <Suspense fallback={<Opening />}>
        <SetPassword change={change} onDone={changed} />
      </Suspense>
    );
  }
  if (enrolling) {
    const { tenant, userName, password } = form.values;
    return (
      <Entrance>
        <Title order={1} size="h2" mb="xs">
          {t('secondFactor.title')}
        </Title>
        <Text c="dimmed" mb="md">
          {t('secondFactor.required')}
        </Text>
        <Suspense fallback={<Opening />}>
          <EnrolSecondFactor
            credentials={{ tenant, user_name: userName, password }}
            onBack={() => setEnrolling(false)}
            onDone={() => {
              setEnrolling(false);
              setNeedsCode(true);
            }}
          />
        </Suspense>
      </Entrance>
    );
  }
  return (
    <Entrance>
      <form onSubmit={form.onSubmit((f) => void submit(f))}>
        <Stack>
          <div>
            <Title order={1} size="h2">
              {t('signIn.title')}
            </Title>
            <Text c="dimmed">{t('signIn.intro')}</Text>
          </div>
          {state === 'expired' && (
            <Alert color="yellow" title={t('signIn.expiredTitle')}>
              {t('signIn.expiredBody')}
            </Alert>
          )}
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
            {...form.getInputProps('userName')}
          />
          <PasswordField
            label={t('signIn.password')}
            autoComplete="current-password"
            {...form.getInputProps('password')}
          />
          {needsCode && (
            <TextInput
              label={t('signIn.code')}
              description={t('signIn.codeHelp')}
              autoComplete="one-time-code"
              autoFocus
              {...AS_TYPED}
              {...form.getInputProps('code')}
            />
          )}
          <div role="alert">{fault !== '' && <Alert color="red">{fault}</Alert>}</div>
          <Button type="submit" size="md" loading={busy}>
            {t('signIn.submit')}
          </Button>
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => setChange({ kind: 'code', tenant: form.values.tenant, userName: form.values.userName })}
          >
            {t('signIn.firstTime')}
          </Anchor>
        </Stack>
      </form>
    </Entrance>
  );
}
