import { Badge, Button, Group, Modal, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUserPlus, IconUserSearch } from '@tabler/icons-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { usePatientSearch, type PatientSummary } from '../data/patients';
import { Empty } from '../kit/states';
import { ageText, birthDate } from '../language/age';
import { day } from '../language/format';
import { documentText } from '../language/identity_documents';
import classes from './find.module.css';

interface PickerProps {
  readonly onPick: (patient: PatientSummary) => void;
  /** Offered where a person who is not found may be registered. */
  readonly onRegister?: () => void;
}

/** Ctrl-K: the search box over whatever is open. */
export function FindPatient({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = (path: string) => {
    onClose();
    void navigate(path);
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('find.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <PatientPicker onPick={(p) => go(`/patients/${p.id}`)} onRegister={() => go('/patients/new')} />
    </Modal>
  );
}

/** Type, move with the arrows, choose with Enter. */
export function PatientPicker({ onPick, onRegister }: PickerProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text, 200);
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const search = usePatientSearch(settled);
  const found = search.data ?? [];
  const namesakes = repeated(found.map(nameOf));

  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((now) => Math.min(Math.max(now + step, 0), Math.max(found.length - 1, 0)));
    }
    // Only what answers the typed text: Enter must never open the patient of an earlier search.
    const chosen = settled === text && !search.isPlaceholderData ? found[active] : undefined;
    if (event.key === 'Enter' && chosen) {
      event.preventDefault();
      onPick(chosen);
    }
  };
  return (
    <Stack>
      <TextInput
        data-autofocus
        size="md"
        label={t('find.label')}
        description={t('find.hint')}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={text}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls="found-patients"
        aria-activedescendant={found[active] ? `found-${found[active].id}` : undefined}
        autoComplete="off"
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <div id="found-patients" role="listbox" aria-label={t('find.title')} ref={list} aria-busy={search.isFetching}>
        {found.map((patient, index) => (
          <Row
            key={patient.id}
            patient={patient}
            namesake={namesakes.has(nameOf(patient))}
            active={index === active}
            onPick={onPick}
          />
        ))}
      </div>
      {settled.trim().length > 1 && search.isSuccess && found.length === 0 && (
        <Empty icon={IconUserSearch} title={t('find.none')} body={t('find.noneBody')} />
      )}
      {onRegister && (
        <Button variant="light" leftSection={<IconUserPlus size={18} aria-hidden />} onClick={onRegister}>
          {t('find.register')}
        </Button>
      )}
    </Stack>
  );
}

/** A name as it is compared by eye. */
function nameOf(patient: PatientSummary): string {
  return patient.display_name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function repeated(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}

interface RowProps {
  readonly patient: PatientSummary;
  /** Whether another one on the list has this name. */
  readonly namesake: boolean;
  readonly active: boolean;
  readonly onPick: (patient: PatientSummary) => void;
}

function Row({ patient, namesake, active, onPick }: RowProps) {
  const { t } = useTranslation();
  const document = patient.documents[0];
  return (
    <UnstyledButton
      id={`found-${patient.id}`}
      role="option"
      aria-selected={active}
      className={classes.row}
      data-active={active || undefined}
      tabIndex={-1}
      onClick={() => onPick(patient)}
    >
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600}>{patient.display_name}</Text>
          <Text size="sm" c="dimmed" className="numeric">
            {[
              t('find.record', { number: patient.record_number }),
              document && documentText(document, t),
              day(birthDate(patient)),
              ageText(patient, t),
              t(`register.${patient.sex}`),
              patient.phone_ending !== null && t('find.phone', { ending: patient.phone_ending }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </Text>
        </div>
        <Group gap={6}>
          {namesake && <Badge color="yellow">{t('find.namesake')}</Badge>}
          {patient.deceased && <Badge color="gray">{t('find.deceased')}</Badge>}
        </Group>
      </Group>
    </UnstyledButton>
  );
}
