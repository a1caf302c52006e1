import { ActionIcon, Group, Skeleton, Title } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import {
  IconAlertTriangle,
  IconEyeOff,
  IconFlame,
  IconHelpCircle,
  IconRefresh,
  IconShieldCheck,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ActiveEntry, Summary } from '../../data/chart/chart';
import { inForce, useCoverages } from '../../data/coverage';
import type { ShownPatient } from '../../data/patients';
import { Flag } from '../../kit/flag';
import { ageText, birthDate } from '../../language/age';
import { day } from '../../language/format';
import { documentText } from '../../language/identity_documents';
import { HERE, today } from '../../language/zone';
import classes from './chart.module.css';

const SHOWN_ALLERGIES = 4;

interface BannerProps {
  readonly patient: ShownPatient;
  readonly summary?: Summary;
  readonly onRefresh?: () => void;
}

/** Who this record is about and what could hurt them, in sight on every page of the chart. */
export function Banner({ patient, summary, onRefresh }: BannerProps) {
  const { t } = useTranslation();
  const document = patient.documents[0];
  const emergency = summary?.relations.length === 1 && summary.relations[0] === 'break_glass';
  // A phone has no room for all of it above what is read: one line of it stays.
  const { ref, entry } = useIntersection<HTMLElement>({ rootMargin: '-60px 0px 0px' });
  return (
    <header ref={ref} className={classes.banner} aria-label={t('chart.banner')} data-emergency={emergency || undefined}>
      {entry?.isIntersecting === false && (
        <div className={classes.strip} aria-hidden>
          <strong>{patient.display_name}</strong>
          <span>{ageText(patient, t)}</span>
          {summary && <AllergyMark allergies={summary.allergies} />}
        </div>
      )}
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className={classes.who}>
          <Title order={1} size="h3">
            {patient.display_name}
          </Title>
          <span className={`${classes.facts} numeric`}>
            {ageText(patient, t)} · {t(`register.${patient.sex}`)} · {day(birthDate(patient))}
          </span>
          <span className={`${classes.facts} numeric`}>
            {t('chart.record', { number: patient.record_number })}
            {document && ` · ${documentText(document, t)}`}
          </span>
          <Covered patientId={patient.id} />
        </div>
        {onRefresh && (
          <ActionIcon variant="subtle" aria-label={t('chart.refresh')} onClick={onRefresh}>
            <IconRefresh size={18} aria-hidden />
          </ActionIcon>
        )}
      </Group>
      <div className={classes.flags}>
        {patient.deceased && <Flag kind="unknown">{t('find.deceased')}</Flag>}
        {summary && <AllergyFlags allergies={summary.allergies} />}
        {summary && summary.withheld > 0 && (
          <Flag kind="unknown" icon={<IconEyeOff size={14} aria-hidden />}>
            {t('chart.withheld', { count: summary.withheld })}
          </Flag>
        )}
        {emergency && (
          <Flag kind="danger" icon={<IconFlame size={14} aria-hidden />}>
            {t('chart.emergency')}
          </Flag>
        )}
      </div>
    </header>
  );
}

/** That there are allergies, or that nobody asked, in one picture. */
function AllergyMark({ allergies }: { readonly allergies: readonly ActiveEntry[] }) {
  if (allergies.length === 0) return <IconHelpCircle size={16} />;
  if (allergies.every((one) => one.none_known)) return <IconShieldCheck size={16} />;
  return (
    <span className={classes.mark}>
      <IconAlertTriangle size={16} />
      {allergies
        .filter((one) => !one.none_known)
        .map((one) => one.text)
        .join(', ')}
    </span>
  );
}

export function AllergyFlags({ allergies }: { readonly allergies: readonly ActiveEntry[] }) {
  const { t } = useTranslation();
  if (allergies.length === 0) {
    return (
      <Flag kind="unknown" icon={<IconHelpCircle size={14} aria-hidden />}>
        {t('chart.allergiesUnknown')}
      </Flag>
    );
  }
  if (allergies.every((one) => one.none_known)) {
    return (
      <Flag kind="calm" icon={<IconShieldCheck size={14} aria-hidden />}>
        {t('chart.allergiesNone')}
      </Flag>
    );
  }
  const serious = (one: ActiveEntry) => one.criticality === 'high';
  const known = allergies.filter((one) => !one.none_known).sort((a, b) => Number(serious(b)) - Number(serious(a)));
  const rest = known.length - SHOWN_ALLERGIES;
  return (
    <>
      {known.slice(0, SHOWN_ALLERGIES).map((one) => (
        <Flag key={one.id} kind="danger" icon={<IconAlertTriangle size={14} aria-hidden />}>
          {serious(one) ? t('chart.allergySerious', { text: one.text }) : t('chart.allergy', { text: one.text })}
        </Flag>
      ))}
      {rest > 0 && <Flag kind="danger">{t('chart.moreAllergies', { count: rest })}</Flag>}
    </>
  );
}

export function BannerSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={classes.banner} role="status" aria-busy aria-label={t('common.loading')}>
      <Skeleton height={26} width="40%" />
      <Skeleton height={22} width="60%" mt={8} />
    </div>
  );
}

/** Who pays today; what was noted as text while there is no contract. */
function Covered({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const found = useCoverages(patientId).data;
  if (!found) return null;
  const paying = inForce(found.items, today(HERE)).map((one) => `${one.payer_name} (${one.contract_name})`);
  const noted = [found.noted?.insurer, found.noted?.contract].filter(Boolean).join(' ');
  const text = paying.length > 0 ? paying.join(', ') : noted;
  if (text === '') return null;
  return (
    <span className={classes.facts}>
      {t('chart.insurer')}: {text}
    </span>
  );
}
