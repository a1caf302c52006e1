import { Badge, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { COVERAGE, saveCoverage, useContractsOn, useCoverages, type Coverage } from '../../data/coverage';
import { useChange } from '../../data/saving';
import { COVERS, useHasRole } from '../../data/session/roles';
import { DateField } from '../../kit/date_field';
import { Dialog } from '../../kit/dialogs';
import { Refusal } from '../../kit/forms';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { Listing, RowButton } from '../../kit/table';
import { day } from '../../language/format';
import { HERE, isDay, today } from '../../language/zone';

interface PatientProps {
  readonly patientId: string;
}

/** Which contracts pay for the patient, from when to when. */
export function Coverages({ patientId }: PatientProps) {
  const { t } = useTranslation();
  const has = useHasRole();
  const query = useCoverages(patientId);
  const [editing, setEditing] = useState<Coverage | null>();
  const close = () => setEditing(undefined);
  const writes = has(COVERS);
  return (
    <Section
      title={t('chart.insurer')}
      action={
        writes && (
          <Button variant="default" onClick={() => setEditing(null)}>
            {t('chart.addCoverage')}
          </Button>
        )
      }
    >
      <Loaded query={query} rows={1}>
        {({ items, noted }) => (
          <Stack gap="xs">
            {noted && (
              <Text size="sm" c="dimmed">
                {t('chart.notedCoverage', { text: [noted.insurer, noted.contract].filter(Boolean).join(' ') })}
              </Text>
            )}
            {items.length > 0 && (
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  {
                    label: t('chart.payer'),
                    cell: (one) => (
                      <Group gap="xs">
                        {[one.payer_name, one.contract_name, one.member_number].filter(Boolean).join(' · ')}
                        {one.entered_in_error && (
                          <Badge color="gray" variant="light" tt="none">
                            {t('chart.coverageInError')}
                          </Badge>
                        )}
                      </Group>
                    ),
                  },
                  { label: t('chart.coveredFrom'), cell: ({ valid_from: from }) => day(from) },
                  {
                    label: t('chart.coveredUntil'),
                    cell: ({ valid_until: until }) => (until === null ? '–' : day(until)),
                  },
                  {
                    label: t('common.edit'),
                    quiet: true,
                    cell: (one) =>
                      writes &&
                      !one.entered_in_error && (
                        <RowButton label={t('common.edit')} of={one.contract_name} onClick={() => setEditing(one)} />
                      ),
                  },
                ]}
              />
            )}
          </Stack>
        )}
      </Loaded>
      <Dialog title={t('chart.addCoverage')} opened={editing !== undefined} onClose={close}>
        {editing !== undefined && <Form patientId={patientId} before={editing} onDone={close} />}
      </Dialog>
    </Section>
  );
}

interface FormProps extends PatientProps {
  readonly before: Coverage | null;
  readonly onDone: () => void;
}

function Form({ patientId, before, onDone }: FormProps) {
  const { t } = useTranslation();
  const contracts = useContractsOn(today(HERE)).data ?? [];
  const [contract, setContract] = useState(before?.contract ?? '');
  const [member, setMember] = useState(before?.member_number ?? '');
  const [from, setFrom] = useState(before?.valid_from ?? today(HERE));
  const [until, setUntil] = useState(before?.valid_until ?? '');
  const chosen = contract === '' ? (contracts[0]?.id ?? '') : contract;
  const saving = useChange(
    COVERAGE,
    (wrong: boolean) =>
      saveCoverage(
        patientId,
        {
          contract: chosen,
          member_number: member.trim() === '' ? null : member,
          valid_from: from,
          valid_until: until === '' ? null : until,
          order: before?.order ?? 1,
          entered_in_error: wrong,
        },
        before ?? undefined,
      ),
    onDone,
  );
  const known = contracts.map((one) => ({ value: one.id, label: `${one.payer_name} · ${one.name}` }));
  const own = before ? [{ value: before.contract, label: `${before.payer_name} · ${before.contract_name}` }] : [];
  return (
    <Stack>
      <NativeSelect
        label={t('chart.payer')}
        value={chosen}
        data={before ? own : known}
        onChange={(event) => setContract(event.currentTarget.value)}
      />
      <TextInput
        label={t('chart.memberNumber')}
        maxLength={200}
        value={member}
        onChange={(event) => setMember(event.currentTarget.value)}
      />
      <Group grow align="flex-start">
        <DateField label={t('chart.coveredFrom')} value={from} onChange={setFrom} withAsterisk />
        <DateField label={t('chart.coveredUntil')} value={until} onChange={setUntil} min={from} />
      </Group>
      <Refusal error={saving.error} />
      <Group justify="space-between">
        {before ? (
          <Button variant="subtle" color="red" loading={saving.isPending} onClick={() => saving.mutate(true)}>
            {t('chart.coverageInError')}
          </Button>
        ) : (
          <span />
        )}
        <Button
          disabled={chosen === '' || !isDay(from) || (until !== '' && !isDay(until))}
          loading={saving.isPending}
          onClick={() => saving.mutate(false)}
        >
          {t('common.save')}
        </Button>
      </Group>
    </Stack>
  );
}
