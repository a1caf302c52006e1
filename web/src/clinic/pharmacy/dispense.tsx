import { Button, Group, Stack, TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { prescriptionOf, useSheet, type Dispensing, type Warehouse } from '../data/pharmacy';
import { Loaded } from '../kit/states';
import { Given } from './given';
import { Here } from './layout';
import { PharmacyRefused } from './refused';
import { SheetForm } from './sheet_form';

/** From the code on a prescription to what is given of it; the prescription stands in the address. */
export function DispensePage() {
  return <Here>{(here) => <Dispense here={here} />}</Here>;
}

function Dispense({ here }: { readonly here: Warehouse }) {
  const [params, setParams] = useSearchParams();
  const [given, setGiven] = useState<Dispensing>();
  const prescription = params.get('prescription');
  const next = () => {
    setGiven(undefined);
    setParams({});
  };
  if (given) return <Given dispensing={given} onNext={next} />;
  if (prescription === null) return <Find onFound={(id) => setParams({ prescription: id })} />;
  return <OnePrescription here={here} prescription={prescription} onGiven={setGiven} onBack={next} />;
}

function Find({ onFound }: { readonly onFound: (prescription: string) => void }) {
  const { t } = useTranslation('pharmacy');
  const [code, setCode] = useState('');
  const finding = useMutation({ mutationFn: (text: string) => prescriptionOf(codeIn(text)), onSuccess: onFound });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim() !== '') finding.mutate(code);
      }}
    >
      <Stack maw={520}>
        <TextInput
          label={t('find.label')}
          description={t('find.help')}
          leftSection={<IconBarcode size={18} aria-hidden />}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <PharmacyRefused error={finding.error} />
        <Group>
          <Button type="submit" loading={finding.isPending} disabled={code.trim() === ''}>
            {t('find.action')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A printed QR code leads to the page of the check, with the code at its end. */
function codeIn(text: string): string {
  const plain = text.trim();
  return plain.slice(Math.max(plain.lastIndexOf('#'), plain.lastIndexOf('/')) + 1);
}

interface OneProps {
  readonly here: Warehouse;
  readonly prescription: string;
  readonly onGiven: (dispensing: Dispensing) => void;
  readonly onBack: () => void;
}

function OnePrescription({ here, prescription, onGiven, onBack }: OneProps) {
  const { t } = useTranslation('pharmacy');
  const sheet = useSheet(prescription, here.id);
  return (
    <Stack>
      <Group>
        <Button variant="default" onClick={onBack}>
          {t('find.other')}
        </Button>
      </Group>
      <Loaded query={sheet}>
        {(found) => (
          // Read again after somebody else dispensed some of it: the form begins anew.
          <SheetForm
            key={found.lines.map(({ dispensed }) => dispensed).join()}
            sheet={found}
            warehouse={here.id}
            onGiven={onGiven}
          />
        )}
      </Loaded>
    </Stack>
  );
}
