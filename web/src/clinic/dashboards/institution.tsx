/** A director's view: what became of appointments and consults, against the weeks before. */
import { Button, Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAgendaActivity, type AgendaTotals, type Period } from '../data/activity';
import { titleOf, useCategories, useSites } from '../data/agenda';
import { both, Loaded } from '../kit/states';
import { dateAndTime } from '../language/format';
import { HERE, today } from '../language/zone';
import { AgendaPlots, AgendaTiles } from './agendas';
import classes from './dashboards.module.css';
import { addWeeks, mondayOf } from './numbers';
import { CasesAndOrders, Teleconsultations } from './others';
import { ByName } from './totals';

const SPANS = [4, 8, 13, 26] as const;

export function InstitutionPage() {
  const { t } = useTranslation('dashboards');
  const sites = useSites();
  const categories = useCategories();
  const [weeks, setWeeks] = useState(13);
  const [site, setSite] = useState('');
  const [category, setCategory] = useState('');
  const zone = sites.data?.find(({ id }) => id === site)?.zone ?? sites.data?.[0]?.zone ?? HERE;
  const period = { first: addWeeks(mondayOf(today(zone)), 1 - weeks), weeks };
  const choose = (set: (value: string) => void) => (event: { readonly currentTarget: { readonly value: string } }) =>
    set(event.currentTarget.value);
  return (
    <Stack>
      <Loaded query={both(sites, categories)} rows={1}>
        {([allSites, allCategories]) => (
          <Group justify="space-between" align="end">
            <div className={classes.choices}>
              <NativeSelect
                label={t('period')}
                value={String(weeks)}
                data={SPANS.map((span) => ({ value: String(span), label: t('weeks', { count: span }) }))}
                onChange={choose((value) => setWeeks(Number(value)))}
              />
              <NativeSelect
                label={t('site')}
                value={site}
                data={[
                  { value: '', label: t('everySite') },
                  ...allSites.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                onChange={choose(setSite)}
              />
              <NativeSelect
                label={t('service')}
                value={category}
                data={[
                  { value: '', label: t('everyService') },
                  ...allCategories.map((each) => ({ value: each.code, label: titleOf(each) })),
                ]}
                onChange={choose(setCategory)}
              />
            </div>
            <Button
              component={Link}
              to={`/reports?kind=weeks&since=${period.first}`}
              variant="default"
              leftSection={<IconFileSpreadsheet size={16} aria-hidden />}
            >
              {t('workbook')}
            </Button>
          </Group>
        )}
      </Loaded>
      <Agendas
        period={period}
        site={site || null}
        category={category || null}
        nameOf={{
          site: (id) => sites.data?.find((each) => each.id === id)?.name ?? id,
          category: (code) => {
            const found = categories.data?.find((each) => each.code === code);
            return found ? titleOf(found) : code;
          },
        }}
      />
      <Teleconsultations period={period} />
      <CasesAndOrders period={period} />
    </Stack>
  );
}

interface AgendasProps {
  readonly period: Period;
  readonly site: string | null;
  readonly category: string | null;
  readonly nameOf: { readonly site: (id: string) => string; readonly category: (code: string) => string };
}

function Agendas({ period, site, category, nameOf }: AgendasProps) {
  const { t } = useTranslation('dashboards');
  const activity = useAgendaActivity(period, site, category);
  const some = (totals: readonly AgendaTotals[]) => totals.length > 1;
  return (
    <section aria-label={t('institution.visits')}>
      <Title order={2} size="h4" mb="xs">
        {t('institution.visits')}
      </Title>
      <Loaded query={activity}>
        {({ weeks, sites, categories, as_of }) => (
          <Stack gap="sm">
            <AgendaTiles weeks={weeks} period={period} />
            <AgendaPlots weeks={weeks} period={period} />
            <div className={classes.plots}>
              {some(sites) && (
                <ByName title={t('institution.bySite')} totals={sites} nameOf={nameOf.site} file="sedes" />
              )}
              {some(categories) && (
                <ByName
                  title={t('institution.byService')}
                  totals={categories}
                  nameOf={nameOf.category}
                  file="servicios"
                />
              )}
            </div>
            <Text size="sm" c="dimmed">
              {t('asOf', { moment: dateAndTime(as_of) })}
            </Text>
          </Stack>
        )}
      </Loaded>
    </section>
  );
}
