import { Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { IconSignature } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lotText } from '../data/lots';
import {
  useDispensing,
  usePharmacyChange,
  useWaiting,
  type Dispensing,
  type Posting,
  type Warehouse,
} from '../data/pharmacy';
import { ifMatch, pharmacy, unwrap } from '../data/server/client';
import { useSession } from '../data/session/session';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { dateAndTime, number } from '../language/format';
import { GivenLines } from './given';
import { Here } from './layout';
import { PharmacyRefused } from './refused';

/** Controlled medicines that wait for the signature of a second person. */
export function WaitingPage() {
  return <Here>{(here) => <WaitingAt here={here} />}</Here>;
}

function WaitingAt({ here }: { readonly here: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  return (
    <Section title={t('waiting.title')} intro={t('waiting.intro')}>
      <Loaded query={useWaiting(here.id)}>
        {({ dispensings, postings }) =>
          dispensings.length + postings.length === 0 ? (
            <Empty icon={IconSignature} title={t('waiting.none')} />
          ) : (
            <Stack>
              {dispensings.map(({ id }) => (
                <OneDispensing key={id} id={id} />
              ))}
              {postings.map((posting) => (
                <OnePosting key={posting.id} posting={posting} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Section>
  );
}

function OneDispensing({ id }: { readonly id: string }) {
  return (
    <Paper p="md">
      <Loaded query={useDispensing(id)} rows={2}>
        {(dispensing) => <ToSign dispensing={dispensing} />}
      </Loaded>
    </Paper>
  );
}

function ToSign({ dispensing }: { readonly dispensing: Dispensing }) {
  const { t } = useTranslation('pharmacy');
  const { me } = useSession();
  const [reason, setReason] = useState('');
  const path = { dispensing_id: dispensing.id };
  const signing = usePharmacyChange((version: number, header) =>
    unwrap(
      pharmacy.POST('/pharmacy/dispensings/{dispensing_id}/confirm', {
        params: { path, header: { ...header, ...ifMatch(version) } },
      }),
    ),
  );
  const refusing = usePharmacyChange((body: { reason: string }, header) =>
    unwrap(
      pharmacy.POST('/pharmacy/dispensings/{dispensing_id}/refuse', {
        params: { path, header: { ...header, ...ifMatch(dispensing.version) } },
        body,
      }),
    ),
  );
  const own = dispensing.by === me.id;
  return (
    <Stack gap="sm">
      <Text fw={600}>{t('waiting.dispensing', { name: dispensing.by_name, at: dateAndTime(dispensing.at) })}</Text>
      <GivenLines dispensing={dispensing} />
      {dispensing.receiver && (
        <Text size="sm">
          {t('waiting.receiver', { name: dispensing.receiver.name, document: dispensing.receiver.document })}
        </Text>
      )}
      {own && <Text c="dimmed">{t('waiting.own')}</Text>}
      <TextInput
        label={t('waiting.refuseReason')}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <PharmacyRefused error={signing.error ?? refusing.error} />
      <Group justify="flex-end">
        <Button
          variant="default"
          disabled={reason.trim().length < 5}
          loading={refusing.isPending}
          onClick={() => refusing.mutate({ reason: reason.trim() })}
        >
          {t('waiting.refuse')}
        </Button>
        <Button disabled={own} loading={signing.isPending} onClick={() => signing.mutate(dispensing.version)}>
          {t('waiting.sign')}
        </Button>
      </Group>
    </Stack>
  );
}

function OnePosting({ posting }: { readonly posting: Posting }) {
  const { t } = useTranslation('pharmacy');
  const { me } = useSession();
  const params = (key: { readonly 'Idempotency-Key': string }) => ({
    params: { path: { posting_id: posting.id }, header: { ...key, ...ifMatch(posting.version) } },
  });
  const confirming = usePharmacyChange((_: 'confirm', header) =>
    unwrap(pharmacy.POST('/pharmacy/postings/{posting_id}/confirm', params(header))),
  );
  const refusing = usePharmacyChange((_: 'refuse', header) =>
    unwrap(pharmacy.POST('/pharmacy/postings/{posting_id}/refuse', params(header))),
  );
  const own = posting.by === me.id;
  return (
    <Paper p="md">
      <Stack gap="sm">
        <Text fw={600}>{t(`kinds.${posting.kind}`)}</Text>
        <Text size="sm">
          {dateAndTime(posting.at)} · {posting.reason}
        </Text>
        {posting.asked.map((line) => (
          <Text key={`${line.item} ${line.lot}`}>
            {line.item}, {lotText(line.lot)}: {number(line.quantity)}
          </Text>
        ))}
        {own && <Text c="dimmed">{t('waiting.own')}</Text>}
        <PharmacyRefused error={confirming.error ?? refusing.error} />
        <Group justify="flex-end">
          <Button variant="default" loading={refusing.isPending} onClick={() => refusing.mutate('refuse')}>
            {t('waiting.refuse')}
          </Button>
          <Button disabled={own} loading={confirming.isPending} onClick={() => confirming.mutate('confirm')}>
            {t('waiting.witness')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
