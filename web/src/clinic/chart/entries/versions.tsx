import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { chartKey, useNames } from '../../data/chart/chart';
import { type Entry, readVersions } from '../../data/chart/entries';
import { useFormTitles } from '../../data/chart/forms';
import { Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import classes from '../base/chart.module.css';
import type { Kind } from './model';
import { changes } from './shown';

/** Every version, newest first, each with what it changed. */
export function Versions({ kind, entry }: { readonly kind: Kind; readonly entry: Entry }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const titleOf = useFormTitles(kind.name === 'consents');
  const versions = useQuery({
    queryKey: chartKey(entry.patient, 'versions', entry.id, String(entry.version)),
    queryFn: () => readVersions(kind.name, entry),
  });
  return (
    <Loaded query={versions}>
      {(found) => (
        <ol className={classes.rows}>
          {found
            .map((version, index) => ({ version, before: found[index - 1] ?? {} }))
            .reverse()
            .map(({ version, before }) => (
              <li key={version.version} className={classes.row}>
                <Text size="sm" c="dimmed" className="numeric">
                  {t('lists.recorded', {
                    name: nameOf(version.recorded_by),
                    at: dateAndTime(version.recorded_at),
                    version: version.version,
                  })}
                </Text>
                <Stack gap={2} mt={4}>
                  {changes(kind, before, version, t, titleOf).map(({ field, before: was, after }) => (
                    <Text key={field.name} size="sm" style={{ overflowWrap: 'anywhere' }}>
                      <Text span fw={600}>
                        {t(`lists.field.${field.name}`)}:{' '}
                      </Text>
                      {was !== '' && <del>{was}</del>} <ins>{after}</ins>
                    </Text>
                  ))}
                </Stack>
              </li>
            ))}
        </ol>
      )}
    </Loaded>
  );
}
