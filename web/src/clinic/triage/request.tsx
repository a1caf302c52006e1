import { Alert, Anchor, Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useTranscript, useTriage, type Triage } from '../data/triage';
import { Fact } from '../kit/fact';
import { Loaded } from '../kit/states';
import { Tag } from '../kit/tag';
import { dateAndTime, day, number } from '../language/format';
import { Changes } from './changes';
import { Steps } from './steps';
import { Marks } from './tags';
import { WhoItIs } from './who';

/** One request: what was said, who it may be, and what follows. */
export function RequestPage() {
  const { t } = useTranslation('triage');
  const { triageId = '' } = useParams();
  return (
    <Stack maw={900}>
      <Anchor component={Link} to="/triage" size="sm">
        <IconArrowLeft size={14} aria-hidden /> {t('back')}
      </Anchor>
      <Loaded query={useTriage(triageId)}>{(request) => <Request request={request} />}</Loaded>
    </Stack>
  );
}

function Request({ request }: { readonly request: Triage }) {
  const { t } = useTranslation('triage');
  const name = request.message?.person?.name;
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          {name ?? t('noName')}
        </Title>
        <Text c="dimmed">{t('received', { moment: dateAndTime(request.received_at) })}</Text>
      </div>
      <Marks request={request} />
      {request.flagged && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={t('danger.title')}>
          {t(request.mapped ? 'danger.body' : 'danger.unknown')}
        </Alert>
      )}
      <Steps request={request} />
      <Said request={request} />
      <Panel title={t('who.title')}>
        <WhoItIs request={request} />
      </Panel>
      <Panel title={t('changes.title')}>
        <Changes request={request} />
      </Panel>
    </Stack>
  );
}

function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper p="md" component="section">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}

function Said({ request }: { readonly request: Triage }) {
  const { t } = useTranslation('triage');
  const { message } = request;
  if (message === null) {
    return (
      <Panel title={t('raw.title')}>
        <Text>{t('raw.body')}</Text>
        <Code block>{request.raw}</Code>
      </Panel>
    );
  }
  const confidence = message.model.confidence;
  return (
    <Panel title={t('said.title')}>
      <Text style={{ whiteSpace: 'pre-wrap' }}>{message.complaint}</Text>
      <Group gap={6}>
        {message.red_flags.map((flag) => (
          <Tag key={flag.code} tone="danger" wrap>
            {flag.text}
          </Tag>
        ))}
      </Group>
      <div className="columns-2">
        {message.answers.map((answer) => (
          <Fact key={answer.code} label={answer.question}>
            {[answer.value, answer.unit].filter(Boolean).join(' ')}
          </Fact>
        ))}
      </div>
      <Alert color="gray" title={t('suggestion.title')}>
        {t('suggestion.body', {
          urgency: t(`urgency.${message.urgency}`),
          model: `${message.model.name} ${message.model.version}`,
        })}
        {confidence !== null && ` ${t('suggestion.confidence', { percent: number(Math.round(confidence * 100)) })}`}
      </Alert>
      <Text size="sm" c="dimmed">
        {t('consent', { moment: dateAndTime(message.consent.given_at), text: message.consent.text_version })}
      </Text>
      {message.confirmed.map((each) => (
        <Text key={`${each.part} ${each.by}`} size="sm" c="dimmed">
          {t(`confirmed.${each.by}`, { part: t(`part.${each.part}`), moment: dateAndTime(each.at) })}
        </Text>
      ))}
      {message.person?.birth_date && <Fact label={t('who.birth')}>{day(message.person.birth_date)}</Fact>}
      {request.has_transcript && <Transcript id={request.id} />}
    </Panel>
  );
}

function Transcript({ id }: { readonly id: string }) {
  const { t } = useTranslation('triage');
  const [open, setOpen] = useState(false);
  const transcript = useTranscript(id, open);
  if (!open) {
    return (
      <Group>
        <Button variant="default" size="xs" onClick={() => setOpen(true)}>
          {t('transcript.show')}
        </Button>
      </Group>
    );
  }
  return (
    <Loaded query={transcript} rows={2}>
      {(text) => <Text style={{ whiteSpace: 'pre-wrap' }}>{text ?? t('transcript.gone')}</Text>}
    </Loaded>
  );
}
