import { ActionIcon, Button, Group, Modal, Paper, Stack, Table, Text, Title, Tooltip, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconHeartbeat, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../auth/refusals';
import { dateAndTime } from '../../layout/format';
import { Empty, Loaded } from '../../layout/states';
import { latest, useUnits, useVitals, useVoidVitals, type VitalName, type VitalsSet } from './data';
import { Findings, VitalsEntry } from './entry';
import { Value } from './flag';
import { Growth } from './growth';
import { Trends } from './trends';
import { symbol } from './units';
import classes from './vitals.module.css';
import { Tag } from '../orders/tag';

const COLUMNS: readonly VitalName[] = ['pulse', 'respiration', 'temperature', 'oxygen_saturation', 'weight', 'height', 'bmi'];
const OTHERS: readonly VitalName[] = ['waist', 'head_circumference', 'oxygen_flow', 'oxygen_concentration'];

/** Vital signs of one patient: entry, every set, trends, growth. */
export function VitalsSection({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const [entering, { open, close }] = useDisclosure();
  const [saved, setSaved] = useState<VitalsSet>();
  const sets = useVitals(patientId);
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
            patientId={patientId}
            onCancel={close}
            onSaved={(set) => {
              setSaved(set);
              close();
            }}
          />
        </Paper>
      )}
      {saved && <Findings set={saved} />}
      <Loaded query={sets}>
        {(found) =>
          found.length === 0 ? (
            <Paper p="lg">
              <Empty icon={IconHeartbeat} title={t('vitals.none')} body={t('vitals.noneBody')} />
            </Paper>
          ) : (
            <>
              <Trends patientId={patientId} sets={found} />
              <Growth patientId={patientId} sets={found} />
              <Sets patientId={patientId} sets={found} />
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

function Sets({ patientId, sets }: { readonly patientId: string; readonly sets: readonly VitalsSet[] }) {
  const { t } = useTranslation();
  const [unitOf] = useUnits();
  const known = latest(sets);
  const shown = COLUMNS.filter((vital) => known.has(vital));
  const pressure = known.has('systolic') || known.has('diastolic');
  return (
    <Paper p="md">
      <Title order={3} size="h5" mb="xs">
        {t('vitals.sets')}
      </Title>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('vitals.sets')}>
        <Table miw={820} className={classes.sets ?? ''}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('vitals.measuredAt')}</Table.Th>
              {pressure && (
                <Table.Th scope="col">
                  {t('vitals.bloodPressure')}, {symbol('mm[Hg]')}
                </Table.Th>
              )}
              {shown.map((vital) => (
                <Table.Th scope="col" key={vital}>
                  {t(`vitals.name.${vital}`)}, {symbol(unitOf(vital))}
                </Table.Th>
              ))}
              <Table.Th scope="col">{t('vitals.others')}</Table.Th>
              <Table.Th scope="col">
                <VisuallyHidden>{t('vitals.void')}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sets.map((set) => (
              <SetRow key={set.id} patientId={patientId} set={set} columns={shown} pressure={pressure} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Paper>
  );
}

interface SetRowProps {
  readonly patientId: string;
  readonly set: VitalsSet;
  readonly columns: readonly VitalName[];
  readonly pressure: boolean;
}

function SetRow({ patientId, set, columns, pressure }: SetRowProps) {
  const { t } = useTranslation();
  const [unitOf] = useUnits();
  const cell = (vital: VitalName) => {
    const finding = set.findings.find((f) => f.vital === vital);
    return finding && <Value finding={finding} unit={unitOf(vital)} />;
  };
  const others = OTHERS.flatMap((vital) => set.findings.filter((f) => f.vital === vital));
  return (
    <Table.Tr className={set.entered_in_error === true ? classes.voided : undefined}>
      <Table.Td className="numeric">{dateAndTime(set.measured_at)}</Table.Td>
      {pressure && (
        <Table.Td>
          {cell('systolic')}
          {cell('diastolic')}
        </Table.Td>
      )}
      {columns.map((vital) => (
        <Table.Td key={vital}>{cell(vital)}</Table.Td>
      ))}
      <Table.Td>
        {others.map((finding) => (
          <Group key={finding.vital} gap={4} wrap="nowrap">
            <Text size="sm">
              {t(`vitals.name.${finding.vital}`)} ({symbol(unitOf(finding.vital))}):
            </Text>
            <Value finding={finding} unit={unitOf(finding.vital)} />
          </Group>
        ))}
      </Table.Td>
      <Table.Td>
        {set.entered_in_error === true ? <Tag tone="off">{t('vitals.voided')}</Tag> : <Void patientId={patientId} set={set} />}
      </Table.Td>
    </Table.Tr>
  );
}

function Void({ patientId, set }: { readonly patientId: string; readonly set: VitalsSet }) {
  const { t } = useTranslation();
  const [asking, { open, close }] = useDisclosure();
  const voiding = useVoidVitals(patientId);
  const confirm = () =>
    voiding.mutate(set, {
      onSuccess: close,
      onError: (error) => notifications.show({ color: 'red', message: explain(error, t) }),
    });
  return (
    <>
      <Tooltip label={t('vitals.void')}>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={`${t('vitals.void')}: ${dateAndTime(set.measured_at)}`} onClick={open}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Modal opened={asking} onClose={close} title={t('vitals.void')} closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Stack>
          <Text>{t('vitals.voidBody', { moment: dateAndTime(set.measured_at) })}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.back')}
            </Button>
            <Button color="red" loading={voiding.isPending} onClick={confirm}>
              {t('vitals.void')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
