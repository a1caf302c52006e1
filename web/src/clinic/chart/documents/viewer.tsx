import { Alert, Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconEye } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetched } from '../../data/files';
import { explain } from '../../language/refusals';
import classes from './documents.module.css';

const PdfPages = lazy(async () => ({ default: (await import('../../kit/pdf')).PdfPages }));
/** Drawn by the browser without running anything in them; SVG is not among them on purpose. */
const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp']);
const LONGEST_TEXT = 200_000;

interface FileProps {
  readonly name: string;
  /** As the server found it in the content. */
  readonly mediaType: string;
  /** Asks for a short-lived link; called when the file is opened, and again when it is reopened. */
  readonly link: () => Promise<string>;
}

/** A button that shows a file in place: images, PDF and text; anything else is downloaded. */
export function ViewFile(props: FileProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconEye size={16} aria-hidden />}
        aria-label={`${t('documents.view')}: ${props.name}`}
        onClick={open}
      >
        {t('documents.view')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        size="xl"
        title={<Text style={{ overflowWrap: 'anywhere' }}>{props.name}</Text>}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Viewed {...props} />
      </Modal>
    </>
  );
}

type Shown =
  | { readonly kind: 'pdf'; readonly bytes: Uint8Array<ArrayBuffer>; readonly blob: Blob }
  | { readonly kind: 'text'; readonly text: string; readonly cut: boolean; readonly blob: Blob }
  | { readonly kind: 'image' | 'other'; readonly blob: Blob };

function Viewed({ name, mediaType, link }: FileProps) {
  const { t } = useTranslation();
  const id = useId(); // a link lasts minutes and a file may be replaced: nothing is kept once closed
  const file = useQuery({
    queryKey: ['file', id],
    gcTime: 0,
    staleTime: Infinity,
    queryFn: async () => shown(await fetched(await link()), mediaType),
  });
  const url = useObjectUrl(file.data);
  if (file.isError) {
    return (
      <Alert color="red" role="alert">
        <Stack align="flex-start">
          {explain(file.error, t)}
          <Button variant="default" onClick={() => void file.refetch()}>
            {t('common.retry')}
          </Button>
        </Stack>
      </Alert>
    );
  }
  if (!file.data) return <Skeleton height={420} role="status" aria-label={t('common.loading')} />;
  return (
    <Stack>
      <Group justify="flex-end">
        {url !== undefined && (
          <Button
            component="a"
            href={url}
            download={name}
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
          >
            {t('documents.download')}
          </Button>
        )}
      </Group>
      {file.data.kind === 'pdf' && (
        <Suspense fallback={<Skeleton height={420} />}>
          <PdfPages name={name} content={file.data.bytes} />
        </Suspense>
      )}
      {file.data.kind === 'image' && url !== undefined && <img src={url} alt={name} className={classes.image} />}
      {file.data.kind === 'text' && (
        <>
          <pre className={classes.text} tabIndex={0}>
            {file.data.text}
          </pre>
          {file.data.cut && <Text size="sm">{t('documents.cut')}</Text>}
        </>
      )}
      {file.data.kind === 'other' && <Alert color="yellow">{t('documents.notShown')}</Alert>}
    </Stack>
  );
}

async function shown(blob: Blob, mediaType: string): Promise<Shown> {
  const kind = mediaType.split(';')[0] ?? '';
  if (kind === 'application/pdf') return { kind: 'pdf', bytes: new Uint8Array(await blob.arrayBuffer()), blob };
  if (kind === 'text/plain' || kind === 'text/csv') {
    const text = await blob.text();
    return { kind: 'text', text: text.slice(0, LONGEST_TEXT), cut: text.length > LONGEST_TEXT, blob };
  }
  return {
    kind: IMAGES.has(kind) ? 'image' : 'other',
    blob: new Blob([blob], { type: IMAGES.has(kind) ? kind : 'application/octet-stream' }),
  };
}

function useObjectUrl(file: Shown | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file) return undefined;
    const made = URL.createObjectURL(file.blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
