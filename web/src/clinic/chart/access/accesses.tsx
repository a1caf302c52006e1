import { Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/patients';
import { chartKey, useNames } from '../../data/chart/chart';
import { usePartialPages } from '../../data/pages';
import { patients, unwrap } from '../../data/server/client';
import { Flag } from '../../kit/flag';
import { Empty, Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import { actionText } from '../../language/trail_actions';
import type { SectionProps } from '../base/section';

type Access = components['schemas']['Access'];

/** Who has seen this record, newest first; asking is itself noted. */
export function AccessesSection({ patientId }: SectionProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const list = usePartialPages<Access>(chartKey(patientId, 'accesses'), (cursor) =>
    unwrap(
      patients.GET('/patients/{patient_id}/accesses', {
        params: { path: { patient_id: patientId }, query: { cursor, limit: 50 } },
      }),
    ),
  );
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('chart.accessesTitle')}
      </Title>
      <Text c="dimmed">{t('chart.accessesIntro')}</Text>
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={IconHistory} title={t('chart.accessesEmpty')} />
          ) : (
            <Paper p={0} style={{ overflowX: 'auto' }}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('chart.accessWhen')}</Table.Th>
                    <Table.Th>{t('chart.accessWho')}</Table.Th>
                    <Table.Th>{t('chart.accessWhat')}</Table.Th>
                    <Table.Th>{t('chart.accessOutcome')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((one) => (
                    <Table.Tr key={one.id}>
                      <Table.Td className="numeric">{dateAndTime(one.at)}</Table.Td>
                      <Table.Td>{nameOf(one.actor)}</Table.Td>
                      <Table.Td style={{ overflowWrap: 'anywhere' }}>{actionText(one.action, t)}</Table.Td>
                      <Table.Td>
                        <Group gap={6}>
                          <Flag kind={one.outcome === 'done' ? 'calm' : 'danger'}>
                            {one.outcome === 'done' ? t('chart.accessDone') : t('chart.accessRefused')}
                          </Flag>
                          {(one.reason === 'break-glass' || one.reason === 'emergency') && (
                            <Flag kind="danger">{t('chart.accessGlass')}</Flag>
                          )}
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Paper>
          )
        }
      </Loaded>
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('chart.more')}
        </Button>
      )}
    </Stack>
  );
}
