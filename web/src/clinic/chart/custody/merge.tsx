import { Alert, Anchor, Button, Group, List, Modal, Radio, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowsJoin } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useDemographics } from '../../data/chart/chart';
import { useMerge, useMerged, useUnmerge, type Patient, type PatientSummary } from '../../data/chart/custody';
import { Refusal } from '../../kit/forms';
import { both, Loaded } from '../../kit/states';
import { birthDate } from '../../language/age';
import { day } from '../../language/format';
import { PatientPicker } from '../../patients/find';
import { Compared } from './compared';
import { Card } from './parts';

/** Registrations of the same person: joining them, and taking it back. The other stands in the address. */
export function Duplicates({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [finding, setFinding] = useState(false);
  const other = params.get('merge');
  const choose = ({ id }: PatientSummary) => {
    setFinding(false);
    if (id !== patientId) setParams({ merge: id });
  };
  return (
    <Card title={t('custody.duplicates')} intro={t('custody.duplicatesIntro')} icon={IconArrowsJoin}>
      <Joined patientId={patientId} />
      {other !== null && other !== patientId ? (
        <Choice patientId={patientId} otherId={other} onCancel={() => setParams({})} />
      ) : (
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setFinding(true)}>
            {t('custody.findDuplicate')}
          </Button>
        </Group>
      )}
      <Modal
        opened={finding}
        onClose={() => setFinding(false)}
        size="lg"
        title={t('custody.findDuplicate')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <PatientPicker onPick={choose} />
      </Modal>
    </Card>
  );
}

interface ChoiceProps {
  readonly patientId: string;
  readonly otherId: string;
  readonly onCancel: () => void;
}

/** Both registrations side by side, and which of them goes on. */
function Choice({ patientId, otherId, onCancel }: ChoiceProps) {
  return (
    <Loaded query={both(useDemographics(patientId), useDemographics(otherId))} rows={3}>
      {(people) => <Decide people={people} onCancel={onCancel} />}
    </Loaded>
  );
}

function Decide({ people, onCancel }: { readonly people: readonly [Patient, Patient]; readonly onCancel: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [first, second] = people;
  const [kept, setKept] = useState(first.registered_at <= second.registered_at ? first.id : second.id);
  const merging = useMerge(first.id);
  const [survivor, other] = kept === first.id ? [first, second] : [second, first];
  const merge = () =>
    merging.mutate(
      { survivor, other: other.id },
      {
        onSuccess: () => {
          notifications.show({ message: t('custody.mergeDone') });
          void navigate(`/patients/${survivor.id}/custody`, { replace: true });
        },
      },
    );
  if (first.id === second.id) return <Alert color="yellow">{t('custody.sameAlready')}</Alert>;
  return (
    <Stack>
      <Compared people={people} />
      <Radio.Group label={t('custody.whichStays')} value={kept} onChange={setKept}>
        <Stack gap="xs" mt="xs">
          {people.map((one) => (
            <Radio key={one.id} value={one.id} label={t('custody.stays', { number: one.record_number })} />
          ))}
        </Stack>
      </Radio.Group>
      <Alert color="yellow" title={t('custody.whatMoves')}>
        <List size="sm">
          <List.Item>{t('custody.movesChart')}</List.Item>
          <List.Item>{t('custody.movesFind', { number: other.record_number })}</List.Item>
          <List.Item>{t('custody.movesPerson')}</List.Item>
          <List.Item>{t('custody.movesBack')}</List.Item>
        </List>
      </Alert>
      <Refusal error={merging.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        <Button loading={merging.isPending} onClick={merge}>
          {t('custody.merge')}
        </Button>
      </Group>
    </Stack>
  );
}

/** What was joined already. */
function Joined({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const merged = useMerged(patientId);
  const undoing = useUnmerge(patientId);
  return (
    <>
      <Loaded query={merged} rows={1}>
        {(found) =>
          found.length > 0 && (
            <ul style={{ margin: 0, padding: 0, listStyle: 'none' }} aria-label={t('custody.joined')}>
              {found.map((one) => (
                <li key={one.id}>
                  <Group justify="space-between">
                    <Text className="numeric">
                      {one.display_name} · {t('find.record', { number: one.record_number })} · {day(birthDate(one))}
                    </Text>
                    <Anchor
                      component="button"
                      type="button"
                      disabled={undoing.isPending}
                      onClick={() =>
                        undoing.mutate(one.id, {
                          onSuccess: () => notifications.show({ message: t('custody.unmergeDone') }),
                        })
                      }
                    >
                      {t('custody.unmerge', { number: one.record_number })}
                    </Anchor>
                  </Group>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Refusal error={undoing.error} />
    </>
  );
}
