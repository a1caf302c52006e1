import { Alert, Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/patients';
import { useNames } from '../../data/chart/chart';
import type { Encounter } from '../../data/notes/notes';
import { patients, unwrap } from '../../data/server/client';
import { number, time } from '../../language/format';
import { explain } from '../../language/refusals';
import classes from './encounter.module.css';

type EncounterDocument = components['schemas']['EncounterDocument'];

/** What a teleconsultation left: documents, chat, who was connected. */
export function Imported({ encounter }: { readonly encounter: Encounter }) {
  const { t } = useTranslation();
  const { files, chat, connections } = encounter;
  const nameOf = useNames();
  const attending = new Map(encounter.practitioners.map(({ id, name }) => [id, name]));
  const who = (id: string) => (id === 'patient' ? t('chart.patient') : (attending.get(id) ?? nameOf(id)));
  return (
    <>
      {files.length > 0 && (
        <Part title={t('chart.documents')}>
          <ul className={classes.log}>
            {files.map((file) => (
              <DocumentRow key={file.id} encounterId={encounter.id} file={file} />
            ))}
          </ul>
        </Part>
      )}
      {chat.length > 0 && (
        <Part title={t('chart.chat')}>
          <ol className={classes.log} tabIndex={0} aria-label={t('chart.chat')}>
            {chat.map((line, index) => (
              <li key={index} style={{ overflowWrap: 'anywhere' }}>
                <Text span size="sm" c="dimmed" className="numeric">
                  {time(line.at)} {who(line.author)}:{' '}
                </Text>
                {line.text}
              </li>
            ))}
          </ol>
        </Part>
      )}
      {connections.length > 0 && (
        <Part title={t('chart.connections')}>
          <ol className={classes.log} tabIndex={0} aria-label={t('chart.connections')}>
            {connections.map((entry, index) => (
              <li key={index}>
                <Text size="sm" className="numeric">
                  {time(entry.at)} · {who(entry.participant)}{' '}
                  {t(entry.kind === 'joined' ? 'chart.joined' : 'chart.leftRoom')}
                </Text>
              </li>
            ))}
          </ol>
        </Part>
      )}
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper component="section" p="md" aria-label={title}>
      <Title order={3} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </Paper>
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
    <li>
      <Group gap="xs">
        <IconFileText size={18} stroke={1.6} aria-hidden />
        <Text style={{ overflowWrap: 'anywhere' }}>{file.name}</Text>
        <Text size="sm" c="dimmed">
          {number(Math.max(1, Math.round(file.size / 1024)))} kB
        </Text>
        <Button size="xs" variant="default" loading={opening.isPending} onClick={() => opening.mutate()}>
          {t('chart.download')}
        </Button>
      </Group>
      <div role="alert">{opening.isError && <Alert color="red">{explain(opening.error, t)}</Alert>}</div>
    </li>
  );
}
