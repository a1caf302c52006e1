import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconPlus, IconStethoscope } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useEncounters, type EncounterSummary } from '../../data/chart/chart';
import { Flag } from '../../kit/flag';
import { Empty, Loaded } from '../../kit/states';
import { Withheld } from '../../kit/withheld';
import { dateAndTime } from '../../language/format';
import classes from '../base/chart.module.css';
import type { SectionProps } from '../base/section';
import { useBeginEncounter } from './begin';

const KINDS = { open: 'unknown', signed: 'plain', finalised: 'calm', amended: 'plain' } as const;

/** The encounters, latest first. */
export function EncountersSection({ patientId }: SectionProps) {
  const { t } = useTranslation();
  const list = useEncounters(patientId);
  const begin = useBeginEncounter(patientId);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('chart.sections.encounters')}
        </Title>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={begin.open}>
          {t('encounter.begin')}
        </Button>
      </Group>
      <Loaded query={list}>
        {({ items, withheld }) => (
          <>
            <Withheld count={withheld} />
            {items.length === 0 ? (
              <Paper p="lg">
                <Empty icon={IconStethoscope} title={t('chart.noEncounters')} body={t('chart.noEncountersBody')} />
              </Paper>
            ) : (
              <ul className={classes.rows}>
                {items.map((one) => (
                  <EncounterRow key={one.id} encounter={one} />
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('chart.more')}
        </Button>
      )}
      {begin.dialog}
    </Stack>
  );
}

/** One encounter in a list, leading to it. */
export function EncounterRow({ encounter }: { readonly encounter: Omit<EncounterSummary, 'documents'> }) {
  const { t } = useTranslation();
  return (
    <li className={classes.row}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Link className={classes.link} to={`/patients/${encounter.patient}/encounters/${encounter.id}`}>
            <span className="numeric">{dateAndTime(encounter.started_at)}</span>
            {encounter.reason && ` · ${encounter.reason}`}
          </Link>
          <Text size="sm" c="dimmed">
            {t(`chart.kind.${encounter.kind}`)} · {encounter.practitioners.map((p) => p.name).join(', ')}
          </Text>
        </div>
        <Status encounter={encounter} />
      </Group>
    </li>
  );
}

export function Status({ encounter }: { readonly encounter: Pick<EncounterSummary, 'status'> }) {
  const { t } = useTranslation();
  return (
    <span style={{ flex: 'none' }}>
      <Flag kind={KINDS[encounter.status]}>{t(`chart.state.${encounter.status}`)}</Flag>
    </span>
  );
}
