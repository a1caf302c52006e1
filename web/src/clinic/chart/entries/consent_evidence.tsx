import { Button, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/patients';
import { chartKey, useNames } from '../../data/chart/chart';
import { patients, unwrap } from '../../data/server/client';
import { ConsentWords } from '../../kit/consent_words';
import { Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';

type Consent = components['schemas']['Consent'];

const DECISIONS = { permit: 'accepted', deny: 'refused', withdrawn: 'withdrawn', entered_in_error: undefined } as const;

/** Who decided a consent of a teleconsultation, and every word that it was about. */
export function ConsentEvidence({ entry }: { readonly entry: Consent }) {
  const { t } = useTranslation();
  const [open, { open: show, close }] = useDisclosure();
  const { evidence } = entry;
  if (!evidence) return null;
  const { representative } = evidence;
  return (
    <>
      {representative && (
        <Text size="sm">
          {t('consent.by', { ...representative, relation: t(`consent.relation.${representative.relation}`) })}
        </Text>
      )}
      <Button variant="subtle" size="compact-sm" px={0} onClick={show}>
        {t('consent.seeText')}
      </Button>
      <Modal
        opened={open}
        onClose={close}
        size="lg"
        title={t('consent.textTitle')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {open && <Words entry={entry} />}
      </Modal>
    </>
  );
}

function Words({ entry }: { readonly entry: Consent }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const params = { path: { patient_id: entry.patient, entry_id: entry.id } };
  const words = useQuery({
    queryKey: chartKey(entry.patient, 'consent-text', entry.id, String(entry.version)),
    queryFn: () => unwrap(patients.GET('/patients/{patient_id}/consents/{entry_id}/text', { params })),
  });
  const decision = DECISIONS[entry.decision];
  const representative = entry.evidence?.representative;
  const facts = [
    t('consent.decided', {
      decision: decision ? t(`consent.decision.${decision}`) : t('lists.voided'),
      at: dateAndTime(entry.given_at),
      channel: t(`consent.channel.${entry.channel}`),
    }),
    ...(representative
      ? [t('consent.by', { ...representative, relation: t(`consent.relation.${representative.relation}`) })]
      : []),
    t('consent.recordedBy', { name: entry.evidence?.recorded_by_name ?? nameOf(entry.recorded_by) }),
  ];
  return (
    <Loaded query={words}>
      {(text) => <ConsentWords text={text} ticked={entry.evidence?.boxes ?? []} facts={facts} />}
    </Loaded>
  );
}
