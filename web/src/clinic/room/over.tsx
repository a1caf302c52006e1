import { Alert, Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { RoomState } from '../../common/consult_room';
import { serverNow } from '../../common/server_time';
import { patients, unwrap } from '../data/server/client';
import { time } from '../language/format';
import { NotePanel } from './note_panel';
import type { Place } from './place';
import classes from './room.module.css';
import type { NoteEditor } from './use_note';

interface OverProps {
  readonly state: RoomState;
  readonly note: NoteEditor;
  readonly consultId: string;
  readonly patient: string | null;
  readonly place: Place;
  readonly onClose: () => void;
}

/** How it ended; after a consultation what was kept of it, to be reviewed and signed in the record. */
export function Over({ state, note, consultId, patient, place, onClose }: OverProps) {
  const { t } = useTranslation();
  const { status, closes_at: closes } = state.consult;
  const known = status === 'cancelled' || status === 'no_show' || status === 'expired' ? status : 'finished';
  const finished = known === 'finished';
  const atLimit = finished && serverNow() >= Date.parse(closes);
  return (
    <Paper p={place === 'full' ? 'xl' : 0} withBorder={place === 'full'} maw={760}>
      <Stack>
        <Title order={place === 'full' ? 1 : 2} size={place === 'full' ? 'h2' : 'h4'}>
          {t(`room.ended.${known}`)}
        </Title>
        <Text>
          {atLimit && `${t('room.endedLimit', { time: time(closes) })} `}
          {t(`room.endedBody.${known}`)}
        </Text>
        {finished && <Kept state={state} note={note} />}
        <Group>
          {finished && patient && <Sign patient={patient} consultId={consultId} note={note} />}
          {patient && (
            <Button component={Link} to={`/patients/${patient}`} variant="default" onClick={onClose}>
              {t('room.openChart')}
            </Button>
          )}
          <Button variant="default" component={Link} to="/agenda" onClick={onClose}>
            {t('room.backToAgenda')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

/** The note as it was kept, or as it still has to be; how much was written and shared. */
function Kept({ state, note }: { readonly state: RoomState; readonly note: NoteEditor }) {
  const { t } = useTranslation();
  const { started_at: started } = state.consult;
  const files = state.files.filter((file) => file.status === 'ready').length;
  return (
    <>
      <Text c="dimmed" className="numeric">
        {started && `${t('room.startedAt', { time: time(started) })} · `}
        {t('room.messages', { count: state.messages.length })} · {t('room.shared', { count: files })}
      </Text>
      {note.state === 'saved' ? (
        <section aria-labelledby="kept-note">
          <Title order={2} size="h5" id="kept-note" mb={4}>
            {t('room.noteLabel')}
          </Title>
          <div className={classes.kept}>{note.text || <Text c="dimmed">{t('room.noteEmpty')}</Text>}</div>
        </section>
      ) : (
        <Alert color="yellow" role="status" title={t('room.endedUnsaved')}>
          <NotePanel note={note} />
        </Alert>
      )}
    </>
  );
}

interface SignProps {
  readonly patient: string;
  readonly consultId: string;
  readonly note: NoteEditor;
}

const FILED_EVERY_MS = 3000;
/** What takes longer than this is said to be late; one goes on looking for it. */
const LATE_MS = 15_000;

/** The way to the signature, as soon as the record has the encounter. */
function Sign({ patient, consultId, note }: SignProps) {
  const { t } = useTranslation();
  const saved = note.state === 'saved';
  const late = useLate();
  const filed = useQuery({
    queryKey: ['filed', patient, consultId],
    refetchInterval: ({ state: { data } }) => (data ? false : FILED_EVERY_MS),
    queryFn: async () => {
      const params = { path: { patient_id: patient }, query: { limit: 10 } };
      const { items } = await unwrap(patients.GET('/patients/{patient_id}/encounters', { params }));
      return items.find((one) => one.consult === consultId)?.id ?? null;
    },
  });
  if (!filed.data || !saved) {
    if (late) return <Late note={note.text} />;
    return (
      <Group gap="xs" role="status">
        <Loader size="sm" aria-hidden /> <Text c="dimmed">{t('room.filing')}</Text>
      </Group>
    );
  }
  return (
    <Button component={Link} to={`/patients/${patient}/encounters/${filed.data}`}>
      {t('room.reviewAndSign')}
    </Button>
  );
}

function useLate(): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return late;
}

/** The record is slow, or this visit is not for it: what is known, and a way to keep the text. */
function Late({ note }: { readonly note: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <Alert color="yellow" role="status">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t('call.filingLate')}</Text>
        {note !== '' && (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => void navigator.clipboard.writeText(note).then(() => setCopied(true))}
          >
            {t(copied ? 'call.copied' : 'call.copyNote')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
