import { Alert, Button, Group, List, Stack } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { lotText } from '../data/lots';
import { printed, type Dispensing, type LabelFormat } from '../data/pharmacy';
import { number } from '../language/format';
import { PharmacyRefused } from './refused';

const FORMATS = ['label_50', 'label_70', 'receipt_80', 'a4'] as const satisfies readonly LabelFormat[];

interface GivenProps {
  readonly dispensing: Dispensing;
  readonly onNext: () => void;
}

/** What was given, its labels and the receipt. */
export function Given({ dispensing, onNext }: GivenProps) {
  const { t } = useTranslation('pharmacy');
  const waits = dispensing.state === 'awaits_second';
  return (
    <Stack>
      <Alert color={waits ? 'yellow' : 'green'} role="status" title={t(waits ? 'given.waits' : 'given.done')}>
        {waits && t('given.waitsBody')}
        <GivenLines dispensing={dispensing} />
      </Alert>
      <PrintButtons dispensing={dispensing} />
      <Group>
        <Button autoFocus onClick={onNext}>
          {t('given.next')}
        </Button>
      </Group>
    </Stack>
  );
}

/** The lines of a dispensing with their lots. */
export function GivenLines({ dispensing }: { readonly dispensing: Dispensing }) {
  return (
    <List>
      {dispensing.lines.map((line) => (
        <List.Item key={`${line.line} ${line.item}`}>
          {line.name}: {number(line.quantity)} {line.unit} (
          {line.lots.map(({ lot, quantity }) => `${lotText(lot)}: ${number(quantity)}`).join('; ')})
        </List.Item>
      ))}
    </List>
  );
}

/** Opens labels or the receipt in a window of their own, from which the browser prints. */
export function PrintButtons({ dispensing }: { readonly dispensing: Dispensing }) {
  const { t } = useTranslation('pharmacy');
  const printing = useMutation({
    mutationFn: (format: LabelFormat) => printed(dispensing.id, format),
    onSuccess: ({ content, media_type }) => {
      const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
      const url = URL.createObjectURL(new Blob([bytes], { type: media_type }));
      window.open(url, '_blank', 'noreferrer');
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
  });
  return (
    <Stack gap="xs">
      <Group>
        {FORMATS.map((format) => (
          <Button
            key={format}
            variant="default"
            leftSection={<IconPrinter size={18} aria-hidden />}
            loading={printing.isPending && printing.variables === format}
            onClick={() => printing.mutate(format)}
          >
            {t(`formats.${format}`)}
          </Button>
        ))}
      </Group>
      <PharmacyRefused error={printing.error} />
    </Stack>
  );
}
