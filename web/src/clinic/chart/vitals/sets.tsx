import {
  ActionIcon,
  Button,
  Group,
  Modal,
  Paper,
  Stack,
  Table,
  Text,
  Title,
  Tooltip,
  VisuallyHidden,
} from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import {
  columnsOf,
  PRESSURE,
  useUnits,
  useVoidVitals,
  type VitalFinding,
  type VitalsSet,
} from '../../data/chart/vitals';
import { Tag } from '../../kit/tag';
import { dateAndTime } from '../../language/format';
import { explain } from '../../language/refusals';
import { symbol, type VitalName } from '../../language/units';
import { Value } from './flag';
import { Meaning } from './meaning';
import classes from './vitals.module.css';

const OTHERS: readonly VitalName[] = [
  'waist',
  'head_circumference',
  'arm_circumference',
  'mean_pressure',
  'pain',
  'glucose',
  'peak_flow',
  'fundal_height',
  'fetal_heart_rate',
  'oxygen_flow',
  'oxygen_concentration',
];

interface SetsProps {
  readonly patientId: string;
  readonly sets: readonly VitalsSet[];
  readonly onCorrect: (set: VitalsSet) => void;
}

/** Every set, latest first, with what was measured: a table where there is room, else a list. */
export function Sets(props: SetsProps) {
  const { t } = useTranslation();
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  return (
    <Paper p="md">
      <Title order={3} size="h5" mb="xs">
        {t('vitals.sets')}
      </Title>
      {wide ? <Wide {...props} /> : <Narrow {...props} />}
    </Paper>
  );
}

function Wide({ patientId, sets, onCorrect }: SetsProps) {
  const { t } = useTranslation();
  const [unitOf] = useUnits();
  const { pressure, columns, others } = columnsOf(sets, OTHERS);
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('vitals.sets')}>
      <Table className={classes.sets ?? ''}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('vitals.measuredAt')}</Table.Th>
            {pressure && (
              <Table.Th scope="col">
                {t('vitals.bloodPressure')}, {symbol('mm[Hg]')}
              </Table.Th>
            )}
            {columns.map((vital) => (
              <Table.Th scope="col" key={vital}>
                {t(`vitals.name.${vital}`)}, {symbol(unitOf(vital))}
              </Table.Th>
            ))}
            {others && <Table.Th scope="col">{t('vitals.others')}</Table.Th>}
            <Table.Th scope="col">
              <VisuallyHidden>{t('vitals.void')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sets.map((set) => (
            <Table.Tr key={set.id} className={voidedClass(set)}>
              <Table.Td className="numeric">
                {dateAndTime(set.measured_at)}
                <Meaning set={set} />
              </Table.Td>
              {pressure && (
                <Table.Td>
                  <Measured set={set} vitals={PRESSURE} />
                </Table.Td>
              )}
              {columns.map((vital) => (
                <Table.Td key={vital}>
                  <Measured set={set} vitals={[vital]} />
                </Table.Td>
              ))}
              {others && (
                <Table.Td>
                  <Measured set={set} vitals={OTHERS} named />
                </Table.Td>
              )}
              <Table.Td className={classes.act ?? ''}>
                <State patientId={patientId} set={set} onCorrect={onCorrect} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Narrow({ patientId, sets, onCorrect }: SetsProps) {
  return (
    <ul className={classes.list}>
      {sets.map((set) => (
        <li key={set.id}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm" fw={650} className="numeric">
              {dateAndTime(set.measured_at)}
            </Text>
            <State patientId={patientId} set={set} onCorrect={onCorrect} />
          </Group>
          <div className={voidedClass(set)}>
            <Measured set={set} vitals={set.findings.map((one) => one.vital)} named />
            <Meaning set={set} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function voidedClass(set: VitalsSet): string | undefined {
  return set.entered_in_error ? classes.voided : undefined;
}

interface MeasuredProps {
  readonly set: VitalsSet;
  readonly vitals: readonly VitalName[];
  /** With each one's name and unit, where no heading says them. */
  readonly named?: boolean;
}

function Measured({ set, vitals, named = false }: MeasuredProps) {
  const { t } = useTranslation();
  const [unitOf] = useUnits();
  const found = vitals.flatMap((vital): readonly VitalFinding[] => set.findings.filter((one) => one.vital === vital));
  return found.map((finding) => (
    <Group key={finding.vital} gap={6} wrap="wrap">
      {named && (
        <Text size="sm" c="dimmed">
          {t(`vitals.name.${finding.vital}`)}, {symbol(unitOf(finding.vital))}
        </Text>
      )}
      <Value finding={finding} unit={unitOf(finding.vital)} />
    </Group>
  ));
}

interface StateProps {
  readonly patientId: string;
  readonly set: VitalsSet;
  readonly onCorrect: (set: VitalsSet) => void;
}

function State({ patientId, set, onCorrect }: StateProps) {
  const { t } = useTranslation();
  if (set.entered_in_error) return <Tag tone="off">{t('vitals.voided')}</Tag>;
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <Tooltip label={t('vitals.correct')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label={`${t('vitals.correct')}: ${dateAndTime(set.measured_at)}`}
          onClick={() => onCorrect(set)}
        >
          <IconPencil size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Void patientId={patientId} set={set} />
    </Group>
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
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label={`${t('vitals.void')}: ${dateAndTime(set.measured_at)}`}
          onClick={open}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Modal
        opened={asking}
        onClose={close}
        title={t('vitals.void')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
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
