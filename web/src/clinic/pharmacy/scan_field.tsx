import { TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { scan, type Scan } from '../data/pharmacy';

/** What separates the parts of a GS1 code; scanners that act as keyboards send it as Ctrl+]. */
const SEPARATOR = '\u001d';

interface ScanFieldProps {
  readonly onScan: (found: Scan) => void;
}

/** Takes what a scanner types, or the digits below a bar code, and tells what it stands for. */
export function ScanField({ onScan }: ScanFieldProps) {
  const { t } = useTranslation('pharmacy');
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const reading = useMutation({
    mutationFn: scan,
    onSuccess: (found) => {
      if (found.item) {
        setCode('');
        onScan(found);
      } else field.current?.select();
    },
  });
  const unknown = reading.data && !reading.data.item;
  return (
    <TextInput
      ref={field}
      label={t('scan.label')}
      description={t('scan.help')}
      leftSection={<IconBarcode size={18} aria-hidden />}
      autoComplete="off"
      spellCheck={false}
      value={code}
      error={unknown ? t('scan.unknown') : reading.isError ? t('scan.failed') : undefined}
      onChange={(event) => setCode(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.ctrlKey && event.key === ']') {
          event.preventDefault();
          setCode((typed) => typed + SEPARATOR);
        }
        if (event.key === 'Enter' && code.trim() !== '') {
          event.preventDefault();
          reading.mutate(code);
        }
      }}
    />
  );
}
