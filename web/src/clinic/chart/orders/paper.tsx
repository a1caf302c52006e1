import {
  Alert,
  Button,
  Group,
  NativeSelect,
  Paper as Card,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import dayjs from 'dayjs';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, usePaper, type Paper, type Priority } from '../../data/orders';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { useSession } from '../../data/session/session';
import { DateField } from '../../kit/date_field';
import { Reasoned } from '../../kit/reasoned';
import { Loaded } from '../../kit/states';
import { useUnsaved } from '../../kit/unsaved';
import { day, dateAndTime } from '../../language/format';
import { isLanguage } from '../../language/i18n';
import { refusal } from '../../language/order_refusals';
import { isDay } from '../../language/zone';
import lists from '../base/lists.module.css';
import { PrintPreview } from './print';
import { StatusBadge } from './status';

type Kind = Paper['kind'];
const PRIORITIES: readonly Priority[] = ['routine', 'urgent', 'stat'];

interface FormProps {
  readonly patientId: string;
  readonly encounterId?: string | undefined;
  readonly kind: Kind;
  readonly onSaved: (made: Paper) => void;
  readonly onCancel: () => void;
  /** Told whether something is unsaved, by whoever may be closed around it. */
  readonly onChanged?: ((unsaved: boolean) => void) | undefined;
}

/** A referral or certificate. It is signed as it is issued, and only ever withdrawn. */
export function PaperForm({ kind, ...rest }: FormProps) {
  return kind === 'referral' ? <ReferralForm {...rest} /> : <CertificateForm {...rest} />;
}

type OneForm = Omit<FormProps, 'kind'>;

function ReferralForm({ patientId, encounterId, onSaved, onCancel, onChanged }: OneForm) {
  const { t } = useTranslation();
  const [service, setService] = useState('');
  const [institution, setInstitution] = useState('');
  const [priority, setPriority] = useState<Priority>('routine');
  const [reason, setReason] = useState('');
  const [summary, setSummary] = useState('');
  const issuing = useAct((key) => {
    const body = {
      patient: patientId,
      to_service: service.trim(),
      ...(institution.trim() !== '' && { to_institution: institution.trim() }),
      priority,
      reason: reason.trim(),
      ...(summary.trim() !== '' && { summary: summary.trim() }),
      ...(encounterId !== undefined && { encounter: encounterId }),
    };
    return unwrap(orders.POST('/orders/referrals', { params: { header: key }, body }));
  });
  const leave = useUnsaved(
    [service, reason, summary].some((text) => text !== ''),
    onChanged,
  );
  const submit = () =>
    issuing.mutate(undefined, {
      onSuccess: (made) => {
        leave();
        onSaved(made);
      },
    });
  return (
    <Frame
      kind="referral"
      sound={service.trim() !== '' && reason.trim() !== ''}
      error={issuing.error}
      busy={issuing.isPending}
      onSubmit={submit}
      onCancel={onCancel}
    >
      <div className="columns-2">
        <TextInput
          label={t('orders.toService')}
          withAsterisk
          value={service}
          maxLength={200}
          onChange={(event) => setService(event.currentTarget.value)}
        />
        <TextInput
          label={t('orders.toInstitution')}
          value={institution}
          maxLength={200}
          onChange={(event) => setInstitution(event.currentTarget.value)}
        />
      </div>
      <NativeSelect
        label={t('orders.priorityLabel')}
        w={220}
        value={priority}
        data={PRIORITIES.map((each) => ({ value: each, label: t(`orders.priority.${each}`) }))}
        onChange={(event) => setPriority(PRIORITIES.find((each) => each === event.currentTarget.value) ?? 'routine')}
      />
      <Textarea
        label={t('orders.referralReason')}
        withAsterisk
        autosize
        minRows={2}
        maxLength={4000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Textarea
        label={t('orders.referralSummary')}
        autosize
        minRows={3}
        maxLength={4000}
        value={summary}
        onChange={(event) => setSummary(event.currentTarget.value)}
      />
    </Frame>
  );
}

function CertificateForm({ patientId, encounterId, onSaved, onCancel, onChanged }: OneForm) {
  const { t } = useTranslation();
  const today = dayjs().format('YYYY-MM-DD');
  const [begin, setBegin] = useState(today);
  const [end, setEnd] = useState(today);
  const [statement, setStatement] = useState('');
  const issuing = useAct((key) => {
    const body = {
      patient: patientId,
      begin,
      end,
      statement: statement.trim(),
      ...(encounterId !== undefined && { encounter: encounterId }),
    };
    return unwrap(orders.POST('/orders/certificates', { params: { header: key }, body }));
  });
  const leave = useUnsaved(statement !== '', onChanged);
  const known = isDay(begin) && isDay(end);
  const backwards = known && end < begin;
  const submit = () =>
    issuing.mutate(undefined, {
      onSuccess: (made) => {
        leave();
        onSaved(made);
      },
    });
  return (
    <Frame
      kind="certificate"
      sound={known && !backwards && statement.trim() !== ''}
      error={issuing.error}
      busy={issuing.isPending}
      onSubmit={submit}
      onCancel={onCancel}
    >
      <div className="columns-2">
        <DateField label={t('orders.begin')} withAsterisk value={begin} onChange={setBegin} />
        <DateField
          label={t('orders.end')}
          withAsterisk
          value={end}
          error={backwards ? t('orders.endBeforeBegin') : undefined}
          onChange={setEnd}
        />
      </div>
      <Textarea
        label={t('orders.statement')}
        description={t('orders.statementHint')}
        withAsterisk
        autosize
        minRows={3}
        maxLength={4000}
        value={statement}
        onChange={(event) => setStatement(event.currentTarget.value)}
      />
    </Frame>
  );
}

interface FrameProps {
  readonly kind: Kind;
  readonly sound: boolean;
  readonly error: Error | null;
  readonly busy: boolean;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly children: React.ReactNode;
}

function Frame({ kind, sound, error, busy, onSubmit, onCancel, children }: FrameProps) {
  const { t } = useTranslation();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Card component="form" p="md" onSubmit={submit} noValidate aria-label={t(`orders.new.${kind}`)}>
      <Stack>
        <Title order={2} size="h4">
          {t(`orders.new.${kind}`)}
        </Title>
        {children}
        <div role="alert">{error && <Alert color="red">{refusal(error, t)}</Alert>}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!sound}>
            {t('orders.issue')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

interface ViewProps {
  readonly kind: Kind;
  readonly id: string;
  readonly onClose: () => void;
}

export function PaperView({ kind, id, onClose }: ViewProps) {
  const { t } = useTranslation();
  const paper = usePaper(kind, id);
  return (
    <Loaded query={paper}>
      {(found) => (
        <Card p="md">
          <Stack>
            <Group justify="space-between">
              <Group>
                <Title order={2} size="h4">
                  {t(`orders.kind.${kind}`)}
                </Title>
                <StatusBadge status={found.status} />
              </Group>
              <Button variant="subtle" onClick={onClose}>
                {t('orders.back')}
              </Button>
            </Group>
            <Content paper={found} />
            <Group>
              <PrintPreview
                kind={kind}
                id={found.id}
                version={found.version}
                language={isLanguage(found.patient_label.language) ? found.patient_label.language : 'es'}
              />
              <Withdraw paper={found} />
            </Group>
          </Stack>
        </Card>
      )}
    </Loaded>
  );
}

function Content({ paper }: { readonly paper: Paper }) {
  const { t } = useTranslation();
  const { referral, certificate, prescriber } = paper;
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    [t('orders.toService'), referral && [referral.to_service, referral.to_institution].filter(Boolean).join(', ')],
    [t('orders.priorityLabel'), referral && t(`orders.priority.${referral.priority}`)],
    [t('orders.begin'), certificate && day(certificate.begin)],
    [t('orders.end'), certificate && day(certificate.end)],
    [t('orders.signedAt'), dateAndTime(paper.signed_at)],
    [t('orders.prescriber'), `${prescriber.name} (${prescriber.registration.type} ${prescriber.registration.number})`],
    [t('orders.code'), paper.verification_code],
    [t('orders.statusReason'), paper.status_reason],
  ];
  return (
    <>
      <dl className={lists.facts}>
        {facts.map(([name, value]) =>
          value == null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {[certificate?.statement, referral?.reason, referral?.summary].map(
        (text, index) =>
          text != null && (
            <Text key={index} style={{ whiteSpace: 'pre-wrap' }}>
              {text}
            </Text>
          ),
      )}
    </>
  );
}

function Withdraw({ paper }: { readonly paper: Paper }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const withdrawing = useAct((key, reason: string) => {
    const given = {
      params: { path: { id: paper.id }, header: { ...ifMatch(paper.version), ...key } },
      body: { reason },
    };
    return paper.kind === 'referral'
      ? unwrap(orders.POST('/orders/referrals/{id}/withdraw', given))
      : unwrap(orders.POST('/orders/certificates/{id}/withdraw', given));
  });
  if (paper.status !== 'active' || !me.roles.includes('physician')) return null;
  return (
    <Reasoned
      danger
      label={t('orders.withdraw')}
      body={t('orders.withdrawBody')}
      onConfirm={(reason) => withdrawing.mutateAsync(reason)}
    />
  );
}
