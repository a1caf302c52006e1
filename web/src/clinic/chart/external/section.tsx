import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconWorldDownload } from '@tabler/icons-react';
import { useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../../common/problem';
import { useNames } from '../../data/chart/chart';
import { useAdopt, useExternal, type ExternalEntry } from '../../data/chart/external';
import { Dialog } from '../../kit/dialogs';
import { Empty, Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { Withheld } from '../../kit/withheld';
import { dateAndTime } from '../../language/format';
import { openArea } from '../../language/i18n';
import lists from '../base/lists.module.css';
import type { SectionProps } from '../base/section';

const WITHDRAWN = ['entered-in-error', 'refuted', 'not-done', 'not-taken'];

/** The section, once its texts are here. */
export async function opened(): Promise<ComponentType<SectionProps>> {
  await openArea('external');
  return ExternalSection;
}

/** What other systems wrote about a patient: unverified, with its source, to be adopted or left. */
export function ExternalSection({ patientId }: SectionProps) {
  const { t } = useTranslation('external');
  const { t: common } = useTranslation();
  const external = useExternal(patientId);
  const adopting = useAdopt(patientId);
  const [chosen, choose] = useState<ExternalEntry>();
  const close = () => {
    choose(undefined);
    adopting.reset();
  };
  return (
    <Stack>
      <div>
        <Title order={2} size="h3">
          {t('title')}
        </Title>
        <Text c="dimmed">{t('intro')}</Text>
      </div>
      <Loaded query={external}>
        {({ items, withheld }) => (
          <>
            <Withheld count={withheld} />
            {items.length === 0 && (
              <Paper p="lg">
                <Empty icon={IconWorldDownload} title={t('none')} body={t('noneBody')} />
              </Paper>
            )}
            <ul className={lists.list}>
              {items.map((entry) => (
                <ExternalCard key={`${entry.type}/${entry.id}`} entry={entry} onAdopt={() => choose(entry)} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {chosen && (
        <Dialog opened title={t('confirmTitle')} onClose={close}>
          <Stack>
            <Text>{t('confirmBody', { title: chosen.title })}</Text>
            {adopting.error && (
              <Alert color="red" role="alert">
                {t(reason(adopting.error))}
              </Alert>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {common('common.cancel')}
              </Button>
              <Button loading={adopting.isPending} onClick={() => adopting.mutate(chosen, { onSuccess: close })}>
                {t('adopt')}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      )}
    </Stack>
  );
}

/** Which of our sentences says why it was not adopted. */
function reason(error: Error): 'changed' | 'taken' | 'refused' | 'failed' {
  if (!(error instanceof Problem)) return 'failed';
  if (error.status === 412) return 'changed';
  if (error.status === 409) return 'taken';
  return error.status < 500 ? 'refused' : 'failed';
}

interface CardProps {
  readonly entry: ExternalEntry;
  readonly onAdopt: () => void;
}

function ExternalCard({ entry, onAdopt }: CardProps) {
  const { t } = useTranslation('external');
  const nameOf = useNames();
  const { adopted } = entry;
  const isWithdrawn = entry.status !== null && WITHDRAWN.includes(entry.status);
  return (
    <Paper component="li" p="md" aria-label={entry.title}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Text size="sm" c="dimmed">
            {t(`types.${entry.type as 'Observation'}`)}
          </Text>
          <Text fw={600} td={isWithdrawn ? 'line-through' : undefined}>
            {entry.title}
          </Text>
          {entry.details.map((detail, at) => (
            <Text key={at} size="sm">
              {detail}
            </Text>
          ))}
          <Text size="sm" c="dimmed" className="numeric">
            {entry.happened && `${t('happened', { at: written(entry.happened) })} · `}
            {t('source', { source: entry.source })} · {t('received', { at: dateAndTime(entry.received_at) })}
          </Text>
          {adopted && (
            <Text size="sm" className="numeric">
              {t('adopted', { who: nameOf(adopted.by), at: dateAndTime(adopted.at) })}
            </Text>
          )}
        </Stack>
        <Group gap="xs">
          <Mark adopted={Boolean(adopted)} withdrawn={isWithdrawn} />
          {entry.becomes ? (
            <Button size="xs" variant="default" aria-label={t('adoptThis', { title: entry.title })} onClick={onAdopt}>
              {t('adopt')}
            </Button>
          ) : (
            !adopted && (
              <Text size="sm" c="dimmed">
                {t('lookOnly')}
              </Text>
            )
          )}
        </Group>
      </Group>
    </Paper>
  );
}

function Mark({ adopted, withdrawn }: { readonly adopted: boolean; readonly withdrawn: boolean }) {
  const { t } = useTranslation('external');
  if (withdrawn) return <Tag tone="off">{t('invalid')}</Tag>;
  if (adopted) return <Tag tone="good">{t('adoptedTag')}</Tag>;
  return <Tag tone="warn">{t('unverified')}</Tag>;
}

/** An instant as we write them; a date, whole or in part, as the sender wrote it. */
function written(at: string): string {
  return at.includes('T') ? dateAndTime(at) : at;
}
