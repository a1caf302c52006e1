import { Accordion, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { components } from '../../api/patients';
import { patients, unwrap } from '../api';
import { dayAndTime, time } from '../layout/format';
import { Empty, Loaded } from '../layout/states';
import { Banner } from './banner';

type Encounter = components['schemas']['Encounter'];
type EncounterSummary = components['schemas']['EncounterSummary'];
type EncounterDocument = components['schemas']['EncounterDocument'];

/** A patient's record: who it is, always in sight, and the encounters, latest first. */
export function ChartPage() {
  const { t } = useTranslation();
  const { patientId = '' } = useParams();
  const patient = useQuery({
    queryKey: ['patient', patientId],
    queryFn: () => unwrap(patients.GET('/patients/{patient_id}', { params: { path: { patient_id: patientId } } })),
  });
  return (
    <Stack>
      <Loaded query={patient} rows={1}>
        {(found) => <Banner patient={found} />}
      </Loaded>
      <Title order={2} size="h3">
        {t('chart.encounters')}
      </Title>
      <Encounters patientId={patientId} />
    </Stack>
  );
}

function Encounters({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<string | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['encounters', patientId],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      unwrap(
        patients.GET('/patients/{patient_id}/encounters', {
          params: { path: { patient_id: patientId }, query: { cursor: pageParam, limit: 30 } },
        }),
      ),
    getNextPageParam: (page) => page.cursor ?? null,
    refetchInterval: 10_000,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
  return (
    <Loaded query={list}>
      {(items) =>
        items.length === 0 ? (
          <Paper p="lg">
            <Empty title={t('chart.noEncounters')} body={t('chart.noEncountersBody')} />
          </Paper>
        ) : (
          <Accordion variant="separated" value={opened} onChange={setOpened}>
            {items.map((encounter) => (
              <Accordion.Item key={encounter.id} value={encounter.id}>
                <Accordion.Control>
                  <Headline encounter={encounter} />
                </Accordion.Control>
                <Accordion.Panel>{opened === encounter.id && <Content id={encounter.id} />}</Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        )
      }
    </Loaded>
  );
}

function Headline({ encounter }: { readonly encounter: EncounterSummary }) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" pr="md">
      <div>
        <Text fw={600} className="numeric">
          {dayAndTime(encounter.started_at)}
        </Text>
        <Text size="sm" c="dimmed">
          {t(`chart.kind.${encounter.kind}`)} · {encounter.practitioners.map((p) => p.name).join(', ')}
        </Text>
      </div>
      <Badge variant="light" color={encounter.status === 'open' ? 'yellow' : 'green'}>
        {t(`chart.state.${encounter.status}`)}
      </Badge>
    </Group>
  );
}

function Content({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const encounter = useQuery({
    queryKey: ['encounter', id],
    queryFn: () =>
      unwrap(patients.GET('/patients/encounters/{encounter_id}', { params: { path: { encounter_id: id } } })),
  });
  return (
    <Loaded query={encounter}>
      {(found) => (
        <Stack>
          <Notes encounter={found} />
          <Section title={t('chart.documents')}>
            {found.files.length === 0 && <Text c="dimmed">{t('chart.noDocuments')}</Text>}
            {found.files.map((file) => (
              <DocumentRow key={file.id} encounterId={id} file={file} />
            ))}
          </Section>
          {found.chat.length > 0 && (
            <Section title={t('chart.chat')}>
              {found.chat.map((line, index) => (
                <Text key={index}>
                  <Text span size="sm" c="dimmed" className="numeric">
                    {time(line.at)} {line.author}:{' '}
                  </Text>
                  {line.text}
                </Text>
              ))}
            </Section>
          )}
          {found.connections.length > 0 && (
            <Section title={t('chart.connections')}>
              {found.connections.map((entry, index) => (
                <Text key={index} size="sm" className="numeric">
                  {time(entry.at)} · {entry.participant} {t(entry.kind === 'joined' ? 'chart.joined' : 'chart.leftRoom')}
                </Text>
              ))}
            </Section>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function Notes({ encounter }: { readonly encounter: Encounter }) {
  const { t } = useTranslation();
  return (
    <Section title={t('chart.note')}>
      {encounter.notes.map((note) => {
        const text = note.versions.at(-1)?.text ?? '';
        return (
          <Text key={note.id} style={{ whiteSpace: 'pre-wrap' }}>
            {text === '' ? t('chart.noText') : text}
          </Text>
        );
      })}
    </Section>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section>
      <Title order={3} size="h5" mb={4}>
        {title}
      </Title>
      {children}
    </section>
  );
}

interface DocumentProps {
  readonly encounterId: string;
  readonly file: EncounterDocument;
}

function DocumentRow({ encounterId, file }: DocumentProps) {
  const { t } = useTranslation();
  const opening = useMutation({
    mutationFn: () =>
      unwrap(
        patients.GET('/patients/encounters/{encounter_id}/documents/{document_id}/link', {
          params: { path: { encounter_id: encounterId, document_id: file.id } },
        }),
      ),
    onSuccess: (link) => location.assign(link.url),
  });
  return (
    <Group>
      <IconFileText size={18} stroke={1.6} aria-hidden />
      <Text style={{ overflowWrap: 'anywhere' }}>{file.name}</Text>
      <Text size="sm" c="dimmed">
        {Math.max(1, Math.round(file.size / 1024))} kB
      </Text>
      <Button size="xs" variant="default" loading={opening.isPending} onClick={() => opening.mutate()}>
        {t('chart.download')}
      </Button>
    </Group>
  );
}
