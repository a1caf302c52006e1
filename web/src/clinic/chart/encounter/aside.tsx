import { Button, Group, Modal, Paper, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSummary, type ActiveEntry, type Summary } from '../../data/chart/chart';
import { codesText } from '../../language/codes';
import classes from '../base/chart.module.css';
import { EntryForm } from '../entries/form';
import { KINDS } from '../entries/model';
import encounterClasses from './encounter.module.css';
import { PreviousNote } from './previous';

type Listed = 'problems' | 'allergies' | 'medications';
const LISTED: readonly Listed[] = ['problems', 'allergies', 'medications'];

interface AsideProps {
  readonly patientId: string;
  readonly encounterId: string;
}

/** Beside the note: what is in force, to be added to without leaving the page. */
export function Aside({ patientId, encounterId }: AsideProps) {
  const { t } = useTranslation();
  const summary = useSummary(patientId);
  const [adding, setAdding] = useState<Listed>();
  return (
    <aside className={encounterClasses.aside} aria-label={t('encounter.aside')}>
      <PreviousNote patientId={patientId} encounterId={encounterId} />
      {LISTED.map((name) => (
        <Paper key={name} component="section" p="md" aria-label={t(`lists.title.${name}`)}>
          <Group justify="space-between" mb="xs">
            <Title order={3} size="h5">
              {t(`lists.title.${name}`)}
            </Title>
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconPlus size={14} aria-hidden />}
              aria-label={t('encounter.addTo', { list: t(`lists.title.${name}`) })}
              onClick={() => setAdding(name)}
            >
              {t('lists.add')}
            </Button>
          </Group>
          <Names entries={entriesOf(summary.data, name)} />
        </Paper>
      ))}
      <Modal
        opened={adding !== undefined}
        onClose={() => setAdding(undefined)}
        size="lg"
        closeOnClickOutside={false}
        title={adding && t('lists.doing.add', { kind: t(`lists.title.${adding}`) })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {adding && (
          <EntryForm
            patientId={patientId}
            encounterId={encounterId}
            kind={KINDS[adding]}
            onDone={() => setAdding(undefined)}
          />
        )}
      </Modal>
    </aside>
  );
}

function entriesOf(summary: Summary | undefined, name: Listed): readonly ActiveEntry[] {
  return summary?.[name] ?? [];
}

function Names({ entries }: { readonly entries: readonly ActiveEntry[] }) {
  const { t } = useTranslation();
  if (entries.length === 0) return <Text c="dimmed">{t('lists.empty')}</Text>;
  return (
    <ul className={classes.rows}>
      {entries.map((one) => (
        <li key={one.id}>
          <Text style={{ overflowWrap: 'anywhere' }}>{one.none_known ? t('chart.allergiesNone') : one.text}</Text>
          <Text size="sm" c="dimmed">
            {[codesText(one.codes), one.detail].filter(Boolean).join(' · ')}
          </Text>
        </li>
      ))}
    </ul>
  );
}
