import { Badge, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/orders';
import { Problem } from '../../../common/problem';
import { orders, unwrap } from '../../data/server/client';
import { useUsers } from '../../data/users';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { dateAndTime, number } from '../../language/format';

type Catalogue = components['schemas']['Catalogue'];
type Kind = components['schemas']['CatalogueKind'];

const KINDS = ['formulary', 'interactions', 'order_sets', 'tests'] as const satisfies readonly Kind[];

/** Which releases of the medicines', interactions' and order sets' catalogues are in use. */
export function CataloguesPage() {
  const { t } = useTranslation();
  return (
    <Section title={t('catalogues.title')} intro={t('catalogues.intro')}>
      <Stack component="ul" p={0} m={0} gap="sm" maw={760}>
        {KINDS.map((kind) => (
          <One key={kind} kind={kind} />
        ))}
      </Stack>
    </Section>
  );
}

/** The catalogue in use; null where none was ever imported. */
async function inUse(kind: Kind): Promise<Catalogue | null> {
  try {
    return await unwrap(orders.GET('/orders/catalogues/{kind}', { params: { path: { kind } } }));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

function One({ kind }: { readonly kind: Kind }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['admin', 'catalogue', kind], queryFn: () => inUse(kind) });
  const names = new Map(useUsers().map((user) => [user.id, user.display_name]));
  return (
    <Paper component="li" p="md" style={{ listStyle: 'none' }}>
      <Title order={3} size="h5">
        {t(`catalogue.${kind}`)}
      </Title>
      <Loaded query={found} rows={1}>
        {(data) =>
          data === null ? (
            <Badge variant="light" tt="none" color="orange" mt="xs">
              {t('catalogues.none')}
            </Badge>
          ) : (
            <>
              <Text className="numeric">{t('catalogues.items', { count: data.items, items: number(data.items) })}</Text>
              <Text size="sm" c="dimmed">
                {t('catalogues.imported', {
                  moment: dateAndTime(data.imported_at),
                  who: names.get(data.imported_by) ?? data.imported_by,
                })}
              </Text>
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {t('catalogues.digest', { digest: data.sha256.slice(0, 16) })}
              </Text>
            </>
          )
        }
      </Loaded>
    </Paper>
  );
}
