import { ActionIcon, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconLock, IconMapQuestion } from '@tabler/icons-react';
import { Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet, useLocation, useParams } from 'react-router';
import { PatientRinging } from '../alarms/ringing';
import { lacksRelation, useDemographics, useSummary } from '../data/chart/chart';
import { shownOf } from '../data/patients';
import { useRemember } from '../data/recent';
import { COVERS, DESK, RECORDS, REGISTRARS, TRAIL, useHasRole } from '../data/session/roles';
import { Empty, Loaded } from '../kit/states';
import { BreakGlass } from './access/break_glass';
import { Banner, BannerSkeleton } from './base/banner';
import classes from './base/chart.module.css';
import { Coverages } from './base/coverages';
import { CorrectLink, Reception } from './reception';
import { ACCESSES, CUSTODY, GROUPS, SECTIONS, type Section } from './sections';

/** How much of the section before stays in sight where the row of sections is scrolled. */
const HINT_PX = 48;

/** A patient's record: who it is always in sight, the sections beside it, the open one below. */
export function ChartPage() {
  const { patientId = '' } = useParams();
  const has = useHasRole();
  return has(RECORDS) ? (
    <Chart key={patientId} patientId={patientId} />
  ) : (
    <Cover key={patientId} patientId={patientId} />
  );
}

/** The section that the address names; the summary first. */
export function SectionPage() {
  const { t } = useTranslation();
  const { patientId = '', section = '' } = useParams();
  const shown = [...SECTIONS, CUSTODY, ACCESSES].find(({ path }) => path === section);
  if (!shown) return <Empty icon={IconMapQuestion} title={t('error.notFound')} />;
  return (
    <Suspense fallback={<Skeleton height={220} radius="lg" />}>
      <shown.Component patientId={patientId} />
    </Suspense>
  );
}

interface PatientProps {
  readonly patientId: string;
}

function Chart({ patientId }: PatientProps) {
  const has = useHasRole();
  const summary = useSummary(patientId);
  useRemember(patientId, summary.data?.patient);
  if (lacksRelation(summary.error)) return <BreakGlass patientId={patientId} />;
  const sections = [...SECTIONS, CUSTODY, ...(has(TRAIL) ? [ACCESSES] : [])];
  return (
    <div className={classes.chart}>
      {summary.isPending ? (
        <BannerSkeleton />
      ) : (
        <Loaded query={summary} rows={1}>
          {(found) => <Banner patient={found.patient} summary={found} onRefresh={() => void summary.refetch()} />}
        </Loaded>
      )}
      <PatientRinging patientId={patientId} />
      {!(summary.isError && summary.data === undefined) && <Frame sections={sections} patientId={patientId} />}
    </div>
  );
}

/** For the desk, administrators and auditors: who the patient is and who keeps the record, not what it says. */
function Cover({ patientId }: PatientProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  const patient = useDemographics(patientId);
  const kept = [...(has([...DESK, ...TRAIL]) ? [CUSTODY] : []), ...(has(TRAIL) ? [ACCESSES] : [])];
  return (
    <Stack gap="sm">
      <Loaded query={patient} rows={1}>
        {(found) => <Banner patient={shownOf(found)} />}
      </Loaded>
      {has(REGISTRARS) && !has(DESK) && <CorrectLink patientId={patientId} />}
      {has(DESK) && <Reception patientId={patientId} />}
      {has(COVERS) && <Coverages patientId={patientId} />}
      {!has([...DESK, ...TRAIL]) && (
        <Stack align="center" py="xl" gap="xs">
          <ActionIcon component="span" size={56} radius="xl" variant="light" aria-hidden>
            <IconLock size={28} stroke={1.4} />
          </ActionIcon>
          <Title order={2} size="h4">
            {t('chart.noRecordTitle')}
          </Title>
          <Text c="dimmed" ta="center" maw={460}>
            {t('chart.noRecordBody')}
          </Text>
        </Stack>
      )}
      {kept.map(({ path, Component }) => (
        <Suspense key={path} fallback={<Skeleton height={220} radius="lg" />}>
          <Component patientId={patientId} />
        </Suspense>
      ))}
    </Stack>
  );
}

function Frame({ sections, patientId }: { readonly sections: readonly Section[]; readonly patientId: string }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const open = nav.current?.querySelector<HTMLElement>('[aria-current=page]');
    if (nav.current && open) nav.current.scrollLeft = open.offsetLeft - nav.current.offsetLeft - HINT_PX;
  }, [pathname]);
  return (
    <div className={classes.frame}>
      <nav ref={nav} className={classes.sections} aria-label={t('chart.sectionsLabel')}>
        {GROUPS.map((group) => (
          <div key={group} className={classes.group}>
            {sections
              .filter((one) => one.group === group)
              .map(({ path, label, icon: Icon }) => (
                <NavLink
                  key={path}
                  end={path === ''}
                  to={path === '' ? `/patients/${patientId}` : `/patients/${patientId}/${path}`}
                  className={classes.section ?? ''}
                >
                  <Icon size={18} stroke={1.6} className={classes.icon ?? ''} aria-hidden />
                  {label(t)}
                </NavLink>
              ))}
          </div>
        ))}
      </nav>
      <div className={classes.content}>
        <Outlet />
      </div>
    </div>
  );
}
