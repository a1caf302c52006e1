import { Alert, Button, Group, Modal, NativeSelect, Skeleton, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconExternalLink, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/orders';
import { useAct, type EntryKind } from '../../data/orders';
import { orders, unwrap } from '../../data/server/client';
import { LANGUAGES, type Language } from '../../language/i18n';
import { refusal } from '../../language/order_refusals';

const PdfPages = lazy(async () => ({ default: (await import('../../kit/pdf')).PdfPages }));
type Format = 'a4' | 'letter';
const NAMES: Readonly<Record<Language, string>> = { es: 'Español', pt: 'Português', en: 'English' };

interface PaperProps {
  readonly kind: EntryKind;
  readonly id: string;
  readonly version: number;
  /** The patient's, in which the paper is printed unless another is chosen. */
  readonly language: Language;
}

/** Opens the paper as it will be printed. */
export function PrintPreview(props: PaperProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<IconPrinter size={18} aria-hidden />} onClick={open}>
        {t('orders.print')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        size="xl"
        title={t('orders.preview')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Preview {...props} />
      </Modal>
    </>
  );
}

function Preview({ kind, id, version, language }: PaperProps) {
  const { t } = useTranslation();
  const [format, setFormat] = useState<Format>('a4');
  const [tongue, setTongue] = useState(language);
  const printed = useQuery({
    queryKey: ['orders', 'print', kind, id, version, format, tongue],
    queryFn: () => print(kind, { path: { id }, query: { format, language: tongue } }),
  });
  const bytes = useMemo(() => (printed.data ? decoded(printed.data.content) : undefined), [printed.data]);
  const url = useBlobUrl(bytes);
  return (
    <Stack>
      <Group align="flex-end" justify="space-between">
        <Group align="flex-end">
          <NativeSelect
            label={t('common.language')}
            value={tongue}
            data={LANGUAGES.map((each) => ({ value: each, label: NAMES[each] }))}
            onChange={(event) => setTongue(LANGUAGES.find((each) => each === event.currentTarget.value) ?? language)}
          />
          <NativeSelect
            label={t('orders.paperSize')}
            value={format}
            data={[
              { value: 'a4', label: 'A4' },
              { value: 'letter', label: t('orders.letter') },
            ]}
            onChange={(event) => setFormat(event.currentTarget.value === 'letter' ? 'letter' : 'a4')}
          />
        </Group>
        {url !== undefined && printed.data && (
          <Group>
            <Button
              component="a"
              href={url}
              target="_blank"
              rel="noreferrer"
              leftSection={<IconExternalLink size={18} aria-hidden />}
            >
              {t('orders.openToPrint')}
            </Button>
            <Button
              component="a"
              href={url}
              download={printed.data.name}
              variant="default"
              leftSection={<IconDownload size={18} aria-hidden />}
            >
              {t('orders.download')}
            </Button>
          </Group>
        )}
      </Group>
      {printed.data?.qualified && <Qualified signature={printed.data.qualified} kind={kind} id={id} />}
      <div role="alert">{printed.isError && <Alert color="red">{refusal(printed.error, t)}</Alert>}</div>
      <Suspense fallback={<Skeleton height={420} />}>
        {bytes ? (
          <PdfPages name={t('orders.preview')} content={bytes} />
        ) : (
          printed.isPending && <Skeleton height={420} />
        )}
      </Suspense>
    </Stack>
  );
}

interface QualifiedProps {
  readonly signature: components['schemas']['QualifiedSignature'];
  readonly kind: EntryKind;
  readonly id: string;
}

/** Whether the paper carries a qualified signature, waits for it, or will have none; then it can be asked for again. */
function Qualified({ signature, kind, id }: QualifiedProps) {
  const { t } = useTranslation();
  const asking = useAct((key) =>
    unwrap(orders.POST('/orders/signing/{kind}/{id}/ask', { params: { path: { kind, id }, header: key } })),
  );
  const { state, signer, issuer } = signature;
  const again = state === 'refused' || state === 'expired';
  return (
    <Alert color={state === 'signed' ? 'green' : again ? 'red' : 'yellow'} role="status">
      <Stack align="flex-start" gap="xs">
        {t(`qualified.${state}`, { signer, issuer })}
        {again && (
          <Button size="xs" variant="default" loading={asking.isPending} onClick={() => asking.mutate(undefined)}>
            {t('qualified.again')}
          </Button>
        )}
        {asking.isError && refusal(asking.error, t)}
      </Stack>
    </Alert>
  );
}

interface PrintParams {
  readonly path: { readonly id: string };
  readonly query: { readonly format: Format; readonly language: Language };
}

function print(kind: EntryKind, params: PrintParams) {
  switch (kind) {
    case 'prescription':
      return unwrap(orders.GET('/orders/prescriptions/{id}/print', { params }));
    case 'order':
      return unwrap(orders.GET('/orders/requests/{id}/print', { params }));
    case 'referral':
      return unwrap(orders.GET('/orders/referrals/{id}/print', { params }));
    case 'certificate':
      return unwrap(orders.GET('/orders/certificates/{id}/print', { params }));
  }
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** An address of these bytes within this page, taken back when they are no longer shown. */
function useBlobUrl(bytes: Uint8Array<ArrayBuffer> | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!bytes) return undefined;
    const made = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
    setUrl(made);
    return () => {
      setUrl(undefined);
      URL.revokeObjectURL(made);
    };
  }, [bytes]);
  return url;
}
