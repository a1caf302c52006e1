import { Alert, Anchor } from '@mantine/core';
import { IconBellRinging } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useAlarms } from '../data/alarms';
import { RECORDS, useHasRole } from '../data/session/roles';

/** On every page while something rings; announced to screen readers when it begins. */
export function Ringing() {
  const { t } = useTranslation();
  const has = useHasRole();
  const { pathname } = useLocation();
  const alarms = useAlarms(has(RECORDS));
  const count = alarms.data?.length ?? 0;
  return (
    <div role="alert">
      {count > 0 && !pathname.startsWith('/alarms') && (
        <Alert color="red" p="xs" mb="md" icon={<IconBellRinging aria-hidden />}>
          {t('alarms.banner', { count })}{' '}
          <Anchor component={Link} to="/alarms">
            {t('alarms.see')}
          </Anchor>
        </Alert>
      )}
    </div>
  );
}

/** On a patient's record while something rings for them. */
export function PatientRinging({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const alarms = useAlarms();
  const [first] = (alarms.data ?? []).filter((alarm) => alarm.patient === patientId);
  if (!first) return null;
  return (
    <Alert color="red" p="xs" icon={<IconBellRinging aria-hidden />}>
      {t('alarms.ofPatient', { kind: t(`alarms.kind.${first.kind}`) })}{' '}
      <Anchor component={Link} to={`/alarms/${first.subject}/${first.number}`}>
        {t('alarms.see')}
      </Anchor>
    </Alert>
  );
}
