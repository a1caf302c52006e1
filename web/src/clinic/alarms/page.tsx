import { Alert, Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBellCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAcknowledge, useAlarm, useAlarms, type Alarm } from '../data/alarms';
import { useDemographics, useNames } from '../data/chart/chart';
import { shownOf } from '../data/patients';
import { Empty, Loaded } from '../kit/states';
import { Tag } from '../kit/tag';
import { dateAndTime } from '../language/format';
import { refusal } from '../language/order_refusals';

/** What rings; the one that the address names first, with who was told of it. */
export function AlarmsPage() {
  const { t } = useTranslation();
  const { subject = '', number = '' } = useParams();
  const alarms = useAlarms();
  const named = useAlarm(subject, number);
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('alarms.title')}
      </Title>
      {subject !== '' && <Loaded query={named}>{(alarm) => <OneAlarm alarm={alarm} />}</Loaded>}
      <Loaded query={alarms} rows={3}>
        {(all) => {
          const others = all.filter((alarm) => alarm.subject !== subject || String(alarm.number) !== number);
          if (others.length === 0 && subject === '')
            return (
              <Paper p="lg">
                <Empty icon={IconBellCheck} title={t('alarms.none')} body={t('alarms.noneBody')} />
              </Paper>
            );
          return others.map((alarm) => <OneAlarm key={`${alarm.subject} ${alarm.number}`} alarm={alarm} />);
        }}
      </Loaded>
    </Stack>
  );
}

function OneAlarm({ alarm }: { readonly alarm: Alarm }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const acknowledging = useAcknowledge(alarm);
  const acknowledge = () =>
    acknowledging.mutate(undefined, { onSuccess: () => notifications.show({ message: t('alarms.acknowledged') }) });
  const result = alarm.kind === 'critical_result';
  return (
    <Paper component="article" p="md" aria-label={t(`alarms.kind.${alarm.kind}`)}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start">
          <div>
            <Text fw={600}>{alarm.patient_name ?? <PatientName patientId={alarm.patient} />}</Text>
            <Text size="sm" c="dimmed" className="numeric">
              {t('alarms.since', { moment: dateAndTime(alarm.raised_at) })}
              {alarm.responsible !== '' && ` · ${t('alarms.responsible', { name: nameOf(alarm.responsible) })}`}
            </Text>
          </div>
          <Tag tone="danger" wrap>
            {t(`alarms.kind.${alarm.kind}`)}
          </Tag>
        </Group>
        {alarm.notices.map((notice) => (
          <Text key={notice.step} size="sm" className="numeric">
            {t('alarms.told', {
              name: notice.user === '' ? '–' : nameOf(notice.user),
              moment: dateAndTime(notice.at),
              outcome: t(`alarms.outcome.${notice.outcome}`),
            })}
          </Text>
        ))}
        <div role="alert">{acknowledging.isError && <Alert color="red">{refusal(acknowledging.error, t)}</Alert>}</div>
        {alarm.acknowledged_at != null && <Alert color="green">{t('alarms.already')}</Alert>}
        <Group>
          <Anchor component={Link} to={result ? `/work?order=${alarm.subject}` : `/patients/${alarm.patient}/forms`}>
            {t(result ? 'alarms.openOrder' : 'alarms.openForm')}
          </Anchor>
          {alarm.acknowledged_at == null && (
            <Button loading={acknowledging.isPending} onClick={acknowledge}>
              {t('alarms.acknowledge')}
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

/** Of an answer's alarm the site knows the name, not the list. */
function PatientName({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const patient = useDemographics(patientId);
  return <>{patient.data ? shownOf(patient.data).display_name : t('alarms.patient')}</>;
}
