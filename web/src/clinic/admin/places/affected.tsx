import { Alert, Anchor, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { components } from '../../../api/appointments';
import { useSites } from '../../data/agenda';
import { appointments, unwrap } from '../../data/server/client';
import { dayAndTime } from '../../language/format';
import { HERE, wallClock } from '../../language/zone';

type Items = readonly components['schemas']['AffectedAppointment'][];

const query = { limit: 50 };

/** Of a practitioner's hours; under the key of the hours, so that a change reads it again. */
export function AffectedByHours({ practitioner }: { readonly practitioner: string }) {
  const params = { path: { practitioner_id: practitioner }, query };
  const found = useQuery({
    queryKey: ['availability', practitioner, 'affected'],
    queryFn: async () =>
      (await unwrap(appointments.GET('/appointments/practitioners/{practitioner_id}/affected', { params }))).items,
  });
  return <Affected items={found.data ?? []} />;
}

/** Of a site's holidays. */
export function AffectedByHolidays({ site }: { readonly site: string }) {
  const params = { path: { site_id: site }, query };
  const found = useQuery({
    queryKey: ['sites', site, 'affected'],
    queryFn: async () => (await unwrap(appointments.GET('/appointments/sites/{site_id}/affected', { params }))).items,
  });
  return <Affected items={found.data ?? []} />;
}

/** Appointments that a change of hours left behind: somebody has to call those patients. */
function Affected({ items }: { readonly items: Items }) {
  const { t } = useTranslation();
  const sites = useSites().data ?? [];
  if (items.length === 0) return null;
  return (
    <Alert color="orange" title={t('admin.affected', { count: items.length })}>
      <Group gap="xs">
        {items.map(({ appointment, start, site, practitioners }) => {
          const zone = sites.find(({ id }) => id === site)?.zone ?? HERE;
          const at = `/agenda?view=list&practitioner=${practitioners[0] ?? ''}&day=${wallClock(start, zone).day}`;
          return (
            <Anchor key={appointment} component={Link} to={at} c="inherit" underline="always" className="numeric">
              {dayAndTime(start, zone)}
            </Anchor>
          );
        })}
      </Group>
    </Alert>
  );
}
