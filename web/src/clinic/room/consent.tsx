import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSignature } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Room, RoomState } from '../../common/consult_room';
import type { ConsentRecord, ConsentRecords } from '../data/consents';
import { ConsentWords } from '../kit/consent_words';
import { Loaded } from '../kit/states';
import { dateAndTime } from '../language/format';
import { RecordConsent } from './record_consent';

interface ConsentProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** Whether the patient agreed to this visit: in one line where they did, as a warning where not. */
export function Consent({ room, state }: ConsentProps) {
  const { t } = useTranslation();
  const [open, { open: show, close }] = useDisclosure();
  const [recording, { open: record, close: stop }] = useDisclosure();
  const decided = state.consult.consent ?? 'none';
  return (
    <>
      {decided === 'accepted' ? (
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconSignature size={16} aria-hidden />}
          onClick={show}
        >
          {t('consent.state.accepted')}
        </Button>
      ) : (
        <Alert color={decided === 'none' ? 'yellow' : 'red'} p="xs" role="status">
          <Group gap="xs">
            <Text size="sm" style={{ flex: '1 1 16rem' }}>
              <strong>{t(`consent.state.${decided}`)}.</strong> {t(`consent.stateBody.${decided}`)}
            </Text>
            <Button size="compact-sm" variant="default" onClick={record}>
              {t('consent.record')}
            </Button>
            {decided !== 'none' && (
              <Button size="compact-sm" variant="subtle" onClick={show}>
                {t('consent.details')}
              </Button>
            )}
          </Group>
        </Alert>
      )}
      <Modal
        opened={open || recording}
        onClose={recording ? stop : close}
        size="lg"
        title={t(recording ? 'consent.recordTitle' : 'consent.textTitle')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {recording && <RecordConsent room={room} onDone={stop} />}
        {open && !recording && <Decisions room={room} state={state} onRecord={record} />}
      </Modal>
    </>
  );
}

/** Every decision about this visit, the last first. */
function Decisions({ room, state, onRecord }: ConsentProps & { readonly onRecord: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['consult-consents', state.consult.id, state.consult.sequence],
    queryFn: async () => (await room.api.get('/consents')) as ConsentRecords,
  });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Stack gap="xl">
          {[...items].reverse().map((record) => (
            <Decided key={record.id} record={record} />
          ))}
          <Button variant="default" onClick={onRecord}>
            {t('consent.record')}
          </Button>
        </Stack>
      )}
    </Loaded>
  );
}

/** One decision: who, when and how above the words that it was about. */
function Decided({ record }: { readonly record: ConsentRecord }) {
  const { t } = useTranslation();
  const { representative } = record;
  const facts = [
    t('consent.decided', {
      decision: t(`consent.decision.${record.decision}`),
      at: dateAndTime(record.at),
      channel: t(`consent.channel.${record.channel}`),
    }),
    ...(representative
      ? [t('consent.by', { ...representative, relation: t(`consent.relation.${representative.relation}`) })]
      : []),
    ...(record.recorded_by_name === null ? [] : [t('consent.recordedBy', { name: record.recorded_by_name })]),
  ];
  return <ConsentWords text={record.text} ticked={record.boxes} facts={facts} />;
}
