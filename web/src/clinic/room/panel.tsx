import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Room } from '../../common/consult_room';
import { Problem } from '../../common/problem';
import { consults, unwrap } from '../data/server/client';
import { dayAndTime } from '../language/format';
import { explain } from '../language/refusals';
import { Inside } from './inside';
import type { Place } from './place';

interface RoomPanelProps {
  readonly consult: string;
  readonly patient: string | null;
  /** Let the patient in at once: that is what was pressed to come here. */
  readonly admit: boolean;
  readonly place: Place;
  readonly onClose: () => void;
}

const EARLY_MS = 15_000;

/** Joins the consultation, and again when the session grew too old. */
export function RoomPanel({ consult, patient, admit, place, onClose }: RoomPanelProps) {
  const { t } = useTranslation();
  const joining = useQuery({
    queryKey: ['consult-session', consult],
    staleTime: Infinity,
    gcTime: 0,
    refetchInterval: ({ state: { error } }) => (isEarly(error) ? EARLY_MS : false),
    queryFn: () =>
      unwrap(consults.POST('/consults/{consult_id}/session', { params: { path: { consult_id: consult } } })),
  });
  const [room, setRoom] = useState<Room>();
  useEffect(() => {
    if (joining.data) setRoom(new Room(joining.data, () => undefined));
  }, [joining.data]);
  if (room) {
    return (
      <Inside
        room={room}
        consultId={consult}
        patient={patient}
        admit={admit}
        place={place}
        onClose={onClose}
        onExpired={() => void joining.refetch()}
      />
    );
  }
  if (joining.isError) {
    return <Closed error={joining.error} patient={patient} onRetry={() => void joining.refetch()} onClose={onClose} />;
  }
  return (
    <Center mih={place === 'full' ? 320 : 80} role="status">
      <Loader mr="md" /> {t('room.entering')}
    </Center>
  );
}

function isEarly(error: unknown): error is Problem {
  return error instanceof Problem && error.kind === 'not-open-yet';
}

interface ClosedProps {
  readonly error: Error;
  readonly patient: string | null;
  readonly onRetry: () => void;
  readonly onClose: () => void;
}

/** Why the room cannot be entered, and what can be done instead. */
function Closed({ error, patient, onRetry, onClose }: ClosedProps) {
  const { t } = useTranslation();
  const early = isEarly(error);
  const over = error instanceof Problem && error.kind === 'consult-ended';
  const body = early ? t('room.early', { when: dayAndTime(String(error.extra['opens_at'])) }) : explain(error, t);
  return (
    <Alert
      color={early ? 'lake' : 'red'}
      role="alert"
      title={early ? t('room.earlyTitle') : t('room.closedTitle')}
      maw={640}
    >
      <Stack align="flex-start">
        <Text>{body}</Text>
        {patient && (
          <Button component={Link} to={`/patients/${patient}`} variant="default">
            {t('room.openChart')}
          </Button>
        )}
        {!early && !over && (
          <Button variant="default" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )}
        <Button variant="subtle" component={Link} to="/agenda" onClick={onClose}>
          {t('room.backToAgenda')}
        </Button>
      </Stack>
    </Alert>
  );
}
