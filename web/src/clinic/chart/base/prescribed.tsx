import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { usePrescribedMedicines, type PrescribedMedicine } from '../../data/orders';
import { Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { day } from '../../language/format';
import lists from './lists.module.css';

interface PrescribedProps {
  readonly patientId: string;
  /** As lines without a frame, where there is little room. */
  readonly brief?: boolean;
}

/** What signed prescriptions make the patient take, from the moment of the signature. */
export function PrescribedMedicines({ patientId, brief = false }: PrescribedProps) {
  const { t } = useTranslation();
  const medicines = usePrescribedMedicines(patientId);
  return (
    <Loaded query={medicines} rows={1}>
      {(found) =>
        found.length === 0 ? null : (
          <section aria-label={t('orders.medicine.byRecipe')}>
            <Text size="sm" c="dimmed">
              {t('orders.medicine.byRecipe')}
            </Text>
            <ul className={lists.list} data-brief={brief || undefined}>
              {found.map((one) => (
                <Row key={`${one.prescription}-${one.line.number}`} patientId={patientId} medicine={one} />
              ))}
            </ul>
          </section>
        )
      }
    </Loaded>
  );
}

function Row({ patientId, medicine }: { readonly patientId: string; readonly medicine: PrescribedMedicine }) {
  const { t } = useTranslation();
  const { line, prescriber } = medicine;
  const until =
    medicine.until === null ? t('orders.medicine.ongoing') : t('orders.medicine.until', { date: day(medicine.until) });
  const facts = [t('orders.medicine.prescribed', { date: day(medicine.since) }), until, prescriber];
  return (
    <li className={lists.line}>
      <Group gap="xs">
        <Text fw={600}>
          {line.product.name} {line.product.strength}
        </Text>
        {medicine.status === 'on_hold' && <Tag tone="warn">{t('orders.medicine.held')}</Tag>}
      </Group>
      <Text size="sm" className="numeric">
        {facts.filter(Boolean).join(' · ')}
      </Text>
      <Link to={`/patients/${patientId}/orders?show=prescription.${medicine.prescription}`}>
        {t('orders.medicine.renewOrStop')}
      </Link>
    </li>
  );
}
