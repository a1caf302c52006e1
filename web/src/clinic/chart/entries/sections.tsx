/** The sections that are lists of entries. */
import { Stack } from '@mantine/core';
import { PrescribedMedicines } from '../base/prescribed';
import type { SectionProps } from '../base/section';
import { EntryList } from './list';
import { KINDS } from './model';

export function ProblemsSection({ patientId }: SectionProps) {
  return <EntryList patientId={patientId} kind={KINDS.problems} />;
}

export function AllergiesSection({ patientId }: SectionProps) {
  return <EntryList patientId={patientId} kind={KINDS.allergies} />;
}

export function MedicinesSection({ patientId }: SectionProps) {
  return (
    <Stack>
      <EntryList patientId={patientId} kind={KINDS.medications} />
      <PrescribedMedicines patientId={patientId} />
    </Stack>
  );
}

export function ProceduresSection({ patientId }: SectionProps) {
  return <EntryList patientId={patientId} kind={KINDS.procedures} />;
}

export function HistorySection({ patientId }: SectionProps) {
  return (
    <Stack gap="xl">
      <EntryList patientId={patientId} kind={KINDS['family-history']} />
      <EntryList patientId={patientId} kind={KINDS['social-history']} />
    </Stack>
  );
}

export function ConsentsSection({ patientId }: SectionProps) {
  return <EntryList patientId={patientId} kind={KINDS.consents} />;
}
