import { Anchor, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSession } from '../data/session/session';
import { useInbox, type Shown, type TriageLine } from '../data/triage';
import { Empty, Loaded } from '../kit/states';
import { More } from '../kit/table';
import { dateAndTime } from '../language/format';
import { Marks } from './tags';

/** What citizens ask for, the most pressing first. */
export function InboxPage() {
  const { t } = useTranslation('triage');
  const [show, setShow] = useState<Shown>('open');
  const inbox = useInbox(show);
  return (
    <Stack maw={900}>
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={1} size="h2">
            {t('title')}
          </Title>
          <Text c="dimmed">{t('intro')}</Text>
        </div>
        <SegmentedControl
          aria-label={t('show.label')}
          value={show}
          onChange={(value) => setShow(value)}
          data={(['open', 'done'] as const).map((value) => ({ value, label: t(`show.${value}`) }))}
        />
      </Group>
      <Loaded query={inbox}>
        {(lines) =>
          lines.length === 0 ? (
            <Paper p="md">
              <Empty icon={IconInbox} title={t('none')} body={t('noneBody')} />
            </Paper>
          ) : (
            <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
              {lines.map((line) => (
                <Line key={line.id} line={line} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <More query={inbox} />
    </Stack>
  );
}

function Line({ line }: { readonly line: TriageLine }) {
  const { t } = useTranslation('triage');
  const { me } = useSession();
  return (
    <Paper component="li" p="md">
      <Stack gap={6}>
        <Marks request={line} />
        <Anchor component={Link} to={`/triage/${line.id}`} fw={600}>
          {line.name ?? t('noName')}
        </Anchor>
        <Text lineClamp={2}>{line.complaint}</Text>
        <Text size="sm" c="dimmed">
          {t('received', { moment: dateAndTime(line.received_at) })}
          {line.assigned_to !== null && ` · ${line.assigned_to === me.id ? t('mine') : t('taken')}`}
        </Text>
      </Stack>
    </Paper>
  );
}
