import { Button, Group, NativeSelect, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClinicians } from '../data/clinicians';
import { inForce, useCoverages } from '../data/coverage';
import { useHospitalChange, type Admission, type NewAdmission } from '../data/hospital';
import type { PatientSummary } from '../data/patients';
import { patients, unwrap } from '../data/server/client';
import { HERE, today } from '../language/zone';
import { PatientPicker } from '../patients/find';
import { WardRefused } from './refused';

const KINDS = ['ambulatory', 'emergency', 'inpatient'] as const;

interface AdmitProps {
  readonly onAdmitted: (admission: Admission) => void;
}

/** First who, then where, to whom, and why. */
export function Admit({ onAdmitted }: AdmitProps) {
  const { t } = useTranslation('hospital');
  const [patient, setPatient] = useState<PatientSummary>();
  if (!patient) return <PatientPicker onPick={setPatient} />;
  return (
    <Stack>
      <Group justify="space-between">
        <Text fw={600}>{patient.display_name}</Text>
        <Button variant="default" size="xs" onClick={() => setPatient(undefined)}>
          {t('admit.other')}
        </Button>
      </Group>
      <Details key={patient.id} patient={patient.id} onAdmitted={onAdmitted} />
    </Stack>
  );
}

function Details({ patient, onAdmitted }: AdmitProps & { readonly patient: string }) {
  const { t } = useTranslation('hospital');
  const clinicians = useClinicians();
  const covered = inForce(useCoverages(patient).data?.items ?? [], today(HERE));
  const [kind, setKind] = useState<NewAdmission['kind']>('ambulatory');
  const [place, setPlace] = useState<NewAdmission['place']>({ kind: 'chair', ward: '', name: '' });
  const [responsible, setResponsible] = useState<string | null>(null);
  const [coverage, setCoverage] = useState<string>();
  const [diagnosis, setDiagnosis] = useState('');
  const [code, setCode] = useState('');
  const admitting = useHospitalChange(
    (body: NewAdmission, header) =>
      unwrap(
        patients.POST('/patients/{patient_id}/admissions', { params: { path: { patient_id: patient }, header }, body }),
      ),
    onAdmitted,
  );
  const good = place.ward.trim() !== '' && place.name.trim() !== '' && responsible !== null && diagnosis.trim() !== '';
  const send = () => {
    if (responsible === null) return;
    admitting.mutate({
      kind,
      place,
      responsible,
      diagnosis,
      diagnosis_code: code.trim() === '' ? null : code.trim().toUpperCase(),
      coverage: (coverage ?? covered[0]?.id) || null,
    });
  };
  return (
    <Stack>
      <NativeSelect
        label={t('admit.kind')}
        value={kind}
        data={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        onChange={(event) => setKind(KINDS.find((each) => each === event.currentTarget.value) ?? 'ambulatory')}
      />
      <Stack gap={4}>
        <SegmentedControl
          aria-label={t('admit.where')}
          value={place.kind}
          data={[
            { value: 'chair', label: t('places.chair') },
            { value: 'bed', label: t('places.bed') },
          ]}
          onChange={(value) => setPlace({ ...place, kind: value === 'bed' ? 'bed' : 'chair' })}
        />
        <Group grow>
          <TextInput
            label={t('admit.ward')}
            withAsterisk
            maxLength={200}
            value={place.ward}
            onChange={(event) => setPlace({ ...place, ward: event.currentTarget.value })}
          />
          <TextInput
            label={t('admit.name')}
            withAsterisk
            maxLength={200}
            value={place.name}
            onChange={(event) => setPlace({ ...place, name: event.currentTarget.value })}
          />
        </Group>
      </Stack>
      <Select
        label={t('admit.responsible')}
        description={t('admit.responsibleHelp')}
        withAsterisk
        searchable
        data={[...clinicians]}
        value={responsible}
        onChange={setResponsible}
      />
      <NativeSelect
        label={t('admit.coverage')}
        value={coverage ?? covered[0]?.id ?? ''}
        data={[
          ...covered.map((one) => ({ value: one.id, label: `${one.payer_name} · ${one.contract_name}` })),
          { value: '', label: t('admit.noCoverage') },
        ]}
        onChange={(event) => setCoverage(event.currentTarget.value)}
      />
      <TextInput
        label={t('admit.diagnosis')}
        withAsterisk
        maxLength={200}
        value={diagnosis}
        onChange={(event) => setDiagnosis(event.currentTarget.value)}
      />
      <TextInput
        label={t('admit.icd10')}
        maxLength={8}
        w={160}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <WardRefused error={admitting.error} />
      <Group justify="flex-end">
        <Button disabled={!good} loading={admitting.isPending} onClick={send}>
          {t('admit.action')}
        </Button>
      </Group>
    </Stack>
  );
}
