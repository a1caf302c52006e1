import { Alert, Anchor, Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { generate } from 'lean-qr';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { open, unwrap } from '../data/server/client';
import { explain } from '../language/refusals';

export interface Credentials {
  readonly tenant: string;
  readonly user_name: string;
  readonly password: string;
  /** A present code, when an app is replaced by another. */
  readonly second_factor?: string | null;
}

interface EnrolProps {
  readonly credentials: Credentials;
  /** Where the credentials are typed again. */
  readonly onBack: () => void;
  readonly onDone: () => void;
}

/** Authenticator app (RFC 6238): scan or type the secret, confirm a code, keep the recovery codes. */
export function EnrolSecondFactor({ credentials, onBack, onDone }: EnrolProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const started = useQuery({
    queryKey: ['second-factor', credentials.tenant, credentials.user_name],
    staleTime: Infinity,
    gcTime: 0, // the secret must not outlive this page
    retry: false,
    queryFn: () => unwrap(open.POST('/identity/second-factor', { body: credentials })),
  });
  const confirming = useMutation({
    mutationFn: () => {
      const { tenant, user_name, password } = credentials;
      return unwrap(open.POST('/identity/second-factor/confirmation', { body: { tenant, user_name, password, code } }));
    },
  });
  if (confirming.data) return <RecoveryCodes codes={confirming.data.codes} onDone={onDone} />;
  if (started.isError) {
    return (
      <Stack align="flex-start">
        <Alert color="red" role="alert">
          {refusal(started.error, t('signIn.wrongCode')) ?? explain(started.error, t)}
        </Alert>
        <Button variant="default" onClick={onBack}>
          {t('common.back')}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        confirming.mutate();
      }}
    >
      <Text>{t('secondFactor.scan')}</Text>
      <div style={{ minHeight: 208 }}>
        {started.data && <QrCode text={started.data.uri} label={t('secondFactor.qr')} />}
      </div>
      {started.data && (
        <Text size="sm">
          {t('secondFactor.type')} <Code className="numeric">{started.data.secret}</Code>{' '}
          <Anchor href={started.data.uri}>{t('secondFactor.openApp')}</Anchor>
        </Text>
      )}
      <TextInput
        label={t('secondFactor.code')}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={16}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, '').slice(0, 6))}
      />
      <div role="alert">
        {confirming.isError && (
          <Alert color="red">
            {refusal(confirming.error, t('secondFactor.wrong')) ?? explain(confirming.error, t)}
          </Alert>
        )}
      </div>
      <Button type="submit" disabled={code.length !== 6} loading={confirming.isPending}>
        {t('secondFactor.confirm')}
      </Button>
    </Stack>
  );
}

/** A 401 or 422 of these operations means what was typed, not a lost session. */
function refusal(error: Error, text: string): string | undefined {
  return error instanceof Problem && [401, 409, 422].includes(error.status) ? text : undefined;
}

function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Alert color="yellow" title={t('secondFactor.recovery')}>
        {t('secondFactor.recoveryBody')}
      </Alert>
      <Group component="ul" gap="xs" p={0} m={0}>
        {codes.map((each) => (
          <Code key={each} component="li" fz="md" style={{ listStyle: 'none' }}>
            {each}
          </Code>
        ))}
      </Group>
      <Group>
        <Button variant="default" onClick={() => void navigator.clipboard.writeText(codes.join('\n'))}>
          {t('secondFactor.copy')}
        </Button>
        <Button onClick={onDone}>{t('secondFactor.kept')}</Button>
      </Group>
    </Stack>
  );
}

const QUIET_ZONE = 4; // modules of white around it, ISO/IEC 18004 §6.3.8

/** Dark on white in every colour scheme: some cameras do not read inverted codes. */
function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const [path, side] = useMemo(() => {
    const code = generate(text);
    let dark = '';
    for (let y = 0; y < code.size; y += 1) {
      for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) dark += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`;
    }
    return [dark, code.size + 2 * QUIET_ZONE] as const;
  }, [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      width={208}
      height={208}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
