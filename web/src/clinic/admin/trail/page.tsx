import { SegmentedControl, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { AUDITOR, useHasRole } from '../../data/session/roles';
import { AuditAccess } from './accesses';
import { AuditCheck } from './check';
import { AuditReviews } from './reviews';
import { AuditSearch } from './search';

const VIEWS = ['reviews', 'access', 'search', 'check'] as const;

/** The institution's audit trails: who saw a record, what was done, and whether they are whole. */
export function AuditPage() {
  const { t } = useTranslation();
  const has = useHasRole();
  const [params, setParams] = useSearchParams();
  const views = VIEWS.filter((each) => each !== 'check' || has(AUDITOR));
  const view = views.find((each) => each === params.get('view')) ?? 'reviews';
  return (
    <Stack>
      <SegmentedControl
        aria-label={t('admin.audit')}
        value={view}
        onChange={(chosen) => setParams({ view: chosen }, { replace: true })}
        data={views.map((value) => ({ value, label: t(`auditView.${value}`) }))}
      />
      {view === 'reviews' && <AuditReviews />}
      {view === 'access' && <AuditAccess />}
      {view === 'search' && <AuditSearch />}
      {view === 'check' && <AuditCheck />}
    </Stack>
  );
}
