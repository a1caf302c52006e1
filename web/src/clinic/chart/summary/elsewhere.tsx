/** What other contexts know of the patient: orders, appointments, who pays and whom to call. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { OVER, useNextAppointments, useSites } from '../../data/agenda';
import { useDemographics } from '../../data/chart/chart';
import { usePendingOrders } from '../../data/orders';
import { Loaded } from '../../kit/states';
import { dayAndTime } from '../../language/format';
import { StatusBadge } from '../orders/status';
import { Nothing } from './cards';
import classes from './summary.module.css';

interface PatientProps {
  readonly patientId: string;
}

const SHOWN = 4;

/** Orders until somebody has answered for their result; what waits for a look comes first. */
export function PendingOrders({ patientId }: PatientProps) {
  const { t } = useTranslation();
  return (
    <Loaded query={usePendingOrders(patientId)} rows={1}>
      {(found) => {
        const pending = [...found].sort((a, b) => Number(b.status === 'resulted') - Number(a.status === 'resulted'));
        if (pending.length === 0) return <Nothing>{t('chart.noPendingOrders')}</Nothing>;
        return (
          <>
            <ul className={classes.lines}>
              {pending.slice(0, SHOWN).map((one) => (
                <li key={one.id} className={classes.between}>
                  <span>
                    <Link className={classes.link} to={`/patients/${patientId}/orders?show=${one.kind}.${one.id}`}>
                      {one.title}
                    </Link>{' '}
                    <span className={classes.facts}>{dayAndTime(one.at)}</span>
                  </span>
                  <StatusBadge status={one.status} />
                </li>
              ))}
            </ul>
            {pending.length > SHOWN && (
              <Link to={`/patients/${patientId}/orders`}>
                {t('chart.moreOfThem', { count: pending.length - SHOWN })}
              </Link>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

export function NextAppointments({ patientId }: PatientProps) {
  const { t } = useTranslation();
  const sites = useSites().data ?? [];
  return (
    <Loaded query={useNextAppointments(patientId)} rows={1}>
      {(found) => {
        const next = found.filter((one) => !OVER.has(one.status)).slice(0, SHOWN);
        if (next.length === 0) return <Nothing>{t('chart.noNextAppointments')}</Nothing>;
        return (
          <ul className={classes.lines}>
            {next.map((one) => (
              <li key={one.id}>
                <strong>{dayAndTime(one.start, sites.find(({ id }) => id === one.site)?.zone)}</strong>{' '}
                <span className={classes.facts}>
                  {[one.practitioners.map((p) => p.name).join(', '), one.telemedicine && t('agenda.telemedicine')]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}

/** Who decides for the patient, and whom to call. */
export function Coverage({ patientId }: PatientProps) {
  const { t } = useTranslation();
  return (
    <Loaded query={useDemographics(patientId)} rows={1}>
      {({ guardian, emergency_contact: contact, phones }) => {
        const facts = [
          [t('chart.guardian'), [guardian?.name, guardian?.relationship, guardian?.phone]],
          [t('chart.emergencyContact'), [contact?.name, contact?.relationship, contact?.phone]],
          [t('register.phone'), phones],
        ] as const;
        const known = facts
          .map(([name, values]) => [name, values.filter(Boolean).join(' · ')] as const)
          .filter(([, value]) => value !== '');
        if (known.length === 0) return <Nothing>{t('chart.noContacts')}</Nothing>;
        return (
          <dl className={classes.pairs}>
            {known.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        );
      }}
    </Loaded>
  );
}
