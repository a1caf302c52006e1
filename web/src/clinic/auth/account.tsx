import { Badge, Button, Group, Modal, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/identity';
import { identity, unwrap } from '../data/server/client';
import { useDoor, useSession } from '../data/session/session';
import { Loaded } from '../kit/states';
import { dayAndTime } from '../language/format';
import { explain } from '../language/refusals';
import { AccountCard } from './account_card';
import { Password } from './change_password';
import { PasswordField } from './password_field';
import { EnrolSecondFactor, type Credentials } from './second_factor';

type SessionView = components['schemas']['SessionView'];

/** The user's own account: who he is, his second factor, and where he is signed in. */
export function AccountPage() {
  const { t } = useTranslation();
  const { me } = useSession();
  return (
    <Stack maw={760}>
      <Title order={1} size="h2">
        {t('account.title')}
      </Title>
      <Paper p="lg">
        <Text fw={600}>{me.display_name}</Text>
        <Text c="dimmed">
          {me.user_name} · {me.tenant_name}
        </Text>
        <Group gap="xs" mt="xs">
          {me.roles.map((role) => (
            <Badge key={role} variant="light">
              {t(`role.${role}`)}
            </Badge>
          ))}
        </Group>
      </Paper>
      <Password />
      <SecondFactor />
      <Sessions />
    </Stack>
  );
}

function SecondFactor() {
  const { t } = useTranslation();
  const { me } = useSession();
  const { refresh } = useDoor();
  const [enrolling, { open, close }] = useDisclosure();
  const enrolled = me.second_factor_enrolled;
  return (
    <AccountCard
      title={t('secondFactor.title')}
      text={enrolled ? t('secondFactor.on', { count: me.recovery_codes_left }) : t('secondFactor.off')}
      action={
        <Button variant={enrolled ? 'default' : 'filled'} onClick={open}>
          {t(enrolled ? 'secondFactor.replace' : 'secondFactor.start')}
        </Button>
      }
    >
      <Modal
        opened={enrolling}
        onClose={close}
        title={t('secondFactor.title')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Prove
          replaces={enrolled}
          onDone={() => {
            close();
            void refresh();
          }}
        />
      </Modal>
    </AccountCard>
  );
}

/** The password again, because whoever sits before an open session is not always its owner. */
function Prove({ replaces, onDone }: { readonly replaces: boolean; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [credentials, setCredentials] = useState<Credentials>();
  if (credentials) {
    return <EnrolSecondFactor credentials={credentials} onBack={() => setCredentials(undefined)} onDone={onDone} />;
  }
  return (
    <Stack
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        setCredentials({
          tenant: me.tenant,
          user_name: me.user_name,
          password,
          second_factor: code === '' ? null : code,
        });
      }}
    >
      <PasswordField
        data-autofocus
        label={t('signIn.password')}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {replaces && (
        <TextInput
          label={t('signIn.code')}
          description={t('signIn.codeHelp')}
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value.trim())}
        />
      )}
      <Button type="submit" disabled={password === ''}>
        {t('common.continue')}
      </Button>
    </Stack>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const sessions = useQuery({
    queryKey: ['my-sessions'],
    queryFn: async () => (await unwrap(identity.GET('/identity/sessions'))).items,
  });
  const ending = useMutation({
    mutationFn: (session: string) =>
      unwrap(identity.DELETE('/identity/sessions/{session}', { params: { path: { session } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['my-sessions'] }),
    onError: (error) => notifications.show({ color: 'red', message: explain(error, t) }),
  });
  return (
    <AccountCard title={t('account.sessions')} text={t('account.sessionsIntro')}>
      <Loaded query={sessions} rows={2}>
        {(items) => (
          <Stack gap="xs" component="ul" p={0} m={0} mt="sm">
            {items.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                busy={ending.isPending}
                onEnd={() => ending.mutate(session.id)}
              />
            ))}
          </Stack>
        )}
      </Loaded>
    </AccountCard>
  );
}

interface SessionRowProps {
  readonly session: SessionView;
  readonly busy: boolean;
  readonly onEnd: () => void;
}

function SessionRow({ session, busy, onEnd }: SessionRowProps) {
  const { t } = useTranslation();
  return (
    <Group component="li" justify="space-between" wrap="nowrap" style={{ listStyle: 'none' }}>
      <div>
        <Text size="sm" fw={600} lineClamp={1}>
          {deviceOf(session.user_agent)}
        </Text>
        <Text size="sm" c="dimmed">
          {t('account.session', { started: dayAndTime(session.started_at), used: dayAndTime(session.last_used_at) })}
        </Text>
      </div>
      {session.current ? (
        <Badge variant="light" color="green" tt="none" miw="max-content">
          {t('account.here')}
        </Badge>
      ) : (
        <Button size="xs" variant="default" miw="max-content" loading={busy} onClick={onEnd}>
          {t('account.end')}
        </Button>
      )}
    </Group>
  );
}

/** Browser and system as the user agent names them: enough to know one's own devices by. */
function deviceOf(userAgent: string): string {
  const browser = /(Edg|OPR|SamsungBrowser|Firefox|Chrome|Version)\/(\d+)/.exec(userAgent);
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|CrOS|Linux)/.exec(userAgent);
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' };
  const name = browser?.[1];
  const parts = [name === undefined ? undefined : `${names[name] ?? name} ${browser?.[2] ?? ''}`, system?.[1]];
  return parts.filter(Boolean).join(' · ') || userAgent;
}
