import { Button, Group, Paper, Stack, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHeartbeat, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useVitals, type VitalsSet } from '../../data/chart/vitals';
import { Empty, Loaded } from '../../kit/states';
import { CircumstancesCard } from './circumstances';
import { Findings, VitalsEntry } from './entry';
import { Growth } from './growth';
import { Sets } from './sets';
import { Trends } from './trends';

/** Vital signs of one patient: entry, every set, trends, growth. */
export function VitalsSection({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const [asked] = useSearchParams();
  const [entering, { open, close }] = useDisclosure(asked.has('add'));
  const [saved, setSaved] = useState<VitalsSet>();
  const sets = useVitals(patientId);
  const [wrong, setWrong] = useState<VitalsSet>();
  const correct = (set: VitalsSet) => {
    setWrong(set);
    open();
  };
  const leave = () => {
    setWrong(undefined);
    close();
  };
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('vitals.title')}
        </Title>
        {!entering && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
            {t('vitals.record')}
          </Button>
        )}
      </Group>
      {entering && (
        <Paper p="md">
          <VitalsEntry
            key={wrong?.id ?? 'new'}
            patientId={patientId}
            corrects={wrong}
            onCancel={leave}
            onSaved={(set) => {
              setSaved(set);
              leave();
            }}
          />
        </Paper>
      )}
      {saved && !entering && <Findings set={saved} onCorrect={() => correct(saved)} />}
      <CircumstancesCard patientId={patientId} />
      <Loaded query={sets}>
        {(found) =>
          found.length === 0 ? (
            <Paper p="lg">
              <Empty icon={IconHeartbeat} title={t('vitals.none')} body={t('vitals.noneBody')} />
            </Paper>
          ) : (
            <>
              <Growth patientId={patientId} sets={found} />
              <Trends patientId={patientId} sets={found} />
              <Sets patientId={patientId} sets={found} onCorrect={correct} />
              {sets.hasNextPage && (
                <Button variant="default" loading={sets.isFetchingNextPage} onClick={() => void sets.fetchNextPage()}>
                  {t('vitals.earlier')}
                </Button>
              )}
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}
