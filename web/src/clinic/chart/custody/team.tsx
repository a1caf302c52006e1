import { Button, Group, Select, Table, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useColleagues, useNames } from '../../data/chart/chart';
import { useRefer, useRelations, type RelationBody } from '../../data/chart/custody';
import { DESK, RECORDS, TRAIL, useHasRole } from '../../data/session/roles';
import { Refusal } from '../../kit/forms';
import { Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import { Card } from './parts';

const KINDS = ['referred', 'team'] as const satisfies readonly RelationBody['kind'][];
const DAYS = ['1', '7', '30', '90', '180', '365'] as const;
/** Who is not in the record adds to the team only, for a week. */
const OUTSIDE = { kinds: ['team'], days: ['1', '7'] } as const;

/** Who may open the record, and letting a colleague in. */
export function CareTeam({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const has = useHasRole();
  return (
    <Card title={t('custody.team')} intro={t('custody.teamIntro')} icon={IconUsersGroup}>
      {has(TRAIL) && <Present patientId={patientId} />}
      {has(DESK) && <LetIn patientId={patientId} />}
    </Card>
  );
}

function Present({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const relations = useRelations(patientId, true);
  return (
    <Loaded query={relations} rows={2}>
      {(found) =>
        found.length === 0 ? (
          <Text c="dimmed">{t('custody.nobody')}</Text>
        ) : (
          <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={t('custody.present')}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('custody.who')}</Table.Th>
                  <Table.Th scope="col">{t('custody.why')}</Table.Th>
                  <Table.Th scope="col">{t('custody.until')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {found.map((one) => (
                  <Table.Tr key={`${one.user} ${one.kind}`}>
                    <Table.Td>{nameOf(one.user)}</Table.Td>
                    <Table.Td>{t(`custody.relation.${one.kind}`)}</Table.Td>
                    <Table.Td className="numeric">{dateAndTime(one.until)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )
      }
    </Loaded>
  );
}

function LetIn({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const refer = useRefer(patientId);
  const colleagues = useColleagues();
  const inside = useHasRole()(RECORDS);
  const kinds: readonly (typeof KINDS)[number][] = inside ? KINDS : OUTSIDE.kinds;
  const days: readonly string[] = inside ? DAYS : OUTSIDE.days;
  const form = useForm<{ user: string | null; kind: (typeof KINDS)[number]; days: string }>({
    initialValues: inside ? { user: null, kind: 'referred', days: '90' } : { user: null, kind: 'team', days: '1' },
    validate: { user: (user) => (user === null ? t('common.required') : null) },
  });
  const submit = form.onSubmit(({ user, kind, days }) =>
    refer.mutate(
      { user: user ?? '', kind, days: Number(days) },
      {
        onSuccess: () => {
          notifications.show({ message: t('custody.letInDone') });
          form.reset();
        },
      },
    ),
  );
  return (
    <form onSubmit={submit} aria-label={t('custody.letIn')}>
      <div className="columns-3">
        <Select
          label={t('custody.colleague')}
          withAsterisk
          searchable
          data={colleagues}
          nothingFoundMessage={t('custody.noColleague')}
          {...form.getInputProps('user')}
        />
        <Select
          label={t('custody.as')}
          allowDeselect={false}
          data={kinds.map((kind) => ({ value: kind, label: t(`custody.relation.${kind}`) }))}
          {...form.getInputProps('kind')}
        />
        <Select
          label={t('custody.for')}
          allowDeselect={false}
          data={days.map((each) => ({ value: each, label: t('custody.days', { count: Number(each) }) }))}
          {...form.getInputProps('days')}
        />
      </div>
      <Text size="sm" c="dimmed" mt="xs">
        {t(`custody.meaning.${form.values.kind}`)} {!inside && t('custody.teamOnly')}
      </Text>
      <Refusal error={refer.error} />
      <Group justify="flex-end" mt="xs">
        <Button type="submit" loading={refer.isPending}>
          {t('custody.letIn')}
        </Button>
      </Group>
    </form>
  );
}
