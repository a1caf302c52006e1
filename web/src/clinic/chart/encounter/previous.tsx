import { Paper, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { chartKey, useSummary } from '../../data/chart/chart';
import { contentOf, isAddendum, isBlank, readEncounter } from '../../data/notes/notes';
import { Loaded } from '../../kit/states';
import { dateOf } from '../../language/format';
import classes from './encounter.module.css';
import { NoteText } from './note_editor';

interface PreviousProps {
  readonly patientId: string;
  readonly encounterId: string;
}

/** What was written the last time, beside what is written now; nothing where nothing was. */
export function PreviousNote({ patientId, encounterId }: PreviousProps) {
  const encounters = useSummary(patientId).data?.encounters ?? [];
  const present = encounters.find(({ id }) => id === encounterId);
  const last = encounters.find(({ id, started_at: at }) => id !== encounterId && (!present || at < present.started_at));
  return last ? <Read patientId={patientId} encounterId={last.id} /> : null;
}

function Read({ patientId, encounterId }: PreviousProps) {
  const { t } = useTranslation();
  const encounter = useQuery({
    queryKey: chartKey(patientId, 'encounter', encounterId),
    queryFn: () => readEncounter(encounterId),
  });
  return (
    <Loaded query={encounter} rows={1}>
      {({ notes, started_at: at, reason }) => {
        const written = notes.filter((note) => !isAddendum(note)).flatMap((note) => note.versions.slice(-1));
        const content = written.map(contentOf).find((each) => !isBlank(each));
        if (!content) return null;
        return (
          <Paper component="section" p="md" aria-label={t('encounter.previousNote')}>
            <Title order={3} size="h5">
              {t('encounter.previousNote')}
            </Title>
            <Text size="sm" mb="xs">
              <Link to={`/patients/${patientId}/encounters/${encounterId}`}>
                {[dateOf(at), reason].filter(Boolean).join(' · ')}
              </Link>
            </Text>
            <div className={classes.previous} tabIndex={0} role="group" aria-label={t('encounter.previousNote')}>
              <NoteText content={content} />
            </div>
          </Paper>
        );
      }}
    </Loaded>
  );
}
