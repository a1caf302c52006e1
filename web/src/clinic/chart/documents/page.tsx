import { Alert, Button, Group, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileText, IconFileTypePdf, IconFiles, IconPhoto, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useNames } from '../../data/chart/chart';
import {
  CATEGORIES,
  linkTo,
  useDocuments,
  useVoidDocument,
  type Category,
  type Document,
  type Version,
} from '../../data/chart/documents';
import { size } from '../../data/files';
import { Reasoned } from '../../kit/reasoned';
import { Empty, Loaded } from '../../kit/states';
import { Tag } from '../../kit/tag';
import { Withheld } from '../../kit/withheld';
import { dateAndTime } from '../../language/format';
import lists from '../base/lists.module.css';
import { UploadForm } from './upload_form';
import { ViewFile } from './viewer';

const REFUSALS = [
  'type-not-allowed',
  'type-mismatch',
  'active-content',
  'encrypted',
  'photo-format',
  'hash-mismatch',
  'infected',
  'missing',
] as const;

/** A patient's documents: shown in place, uploaded, replaced by a next version, voided with a reason. */
export function DocumentsSection({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const [category, setCategory] = useState<Category | null>(null);
  const [adding, { open, close }] = useDisclosure();
  const documents = useDocuments(patientId, category);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('documents.title')}
        </Title>
        {!adding && (
          <Button leftSection={<IconUpload size={18} aria-hidden />} onClick={open}>
            {t('documents.add')}
          </Button>
        )}
      </Group>
      {adding && <UploadForm patientId={patientId} encounterId={params.get('encounter') ?? undefined} onDone={close} />}
      <NativeSelect
        label={t('documents.show')}
        w={280}
        maw="100%"
        value={category ?? ''}
        data={[
          { value: '', label: t('documents.all') },
          ...CATEGORIES.map((each) => ({ value: each, label: t(`documents.category.${each}`) })),
        ]}
        onChange={(event) => setCategory(CATEGORIES.find((each) => each === event.currentTarget.value) ?? null)}
      />
      <Loaded query={documents}>
        {({ items, withheld }) => (
          <>
            <Withheld count={withheld} />
            {items.length === 0 && (
              <Paper p="lg">
                <Empty icon={IconFiles} title={t('documents.none')} body={t('documents.noneBody')} />
              </Paper>
            )}
            <ul className={lists.list}>
              {items.map((document) => (
                <DocumentCard key={document.id} patientId={patientId} document={document} />
              ))}
            </ul>
            {documents.hasNextPage && (
              <Button
                variant="default"
                loading={documents.isFetchingNextPage}
                onClick={() => void documents.fetchNextPage()}
              >
                {t('documents.earlier')}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

interface CardProps {
  readonly patientId: string;
  readonly document: Document;
}

function DocumentCard({ patientId, document }: CardProps) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const [replacing, { open, close }] = useDisclosure();
  const [older, { toggle }] = useDisclosure();
  const voiding = useVoidDocument(patientId);
  const voided = document.status === 'entered-in-error';
  const shown = document.versions.find(({ number }) => number === document.current) ?? document.versions.at(-1);
  if (!shown) return null;
  const others = document.versions.filter(({ number }) => number !== shown.number);
  return (
    <Paper component="li" p="md" aria-label={document.title}>
      <Group justify="space-between" align="flex-start">
        <Group wrap="nowrap" align="flex-start">
          <KindIcon mediaType={shown.media_type ?? ''} />
          <div>
            <Text fw={600} style={{ overflowWrap: 'anywhere' }} td={voided ? 'line-through' : undefined}>
              {document.title}
            </Text>
            <Text size="sm" c="dimmed" className="numeric">
              {t(`documents.category.${document.category}`)} · {dateAndTime(shown.added_at)} · {nameOf(shown.added_by)}
            </Text>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {shown.name} · {size(shown.size, i18n.language)}
              {document.versions.length > 1 && ` · ${t('documents.version', { number: shown.number })}`}
            </Text>
          </div>
        </Group>
        <Group gap="xs">
          {document.consult !== null && <Tag tone="calm">{t('documents.fromConsult')}</Tag>}
          {voided && <Tag tone="off">{t('documents.voided')}</Tag>}
          <Open patientId={patientId} document={document} version={shown} />
        </Group>
      </Group>
      {document.voided !== null && (
        <Text size="sm" mt="xs">
          {t('documents.voidedBecause', { reason: document.voided.reason, moment: dateAndTime(document.voided.at) })}
        </Text>
      )}
      <Group gap="xs" mt="sm">
        {!voided && document.consult === null && (
          <>
            <Button variant="subtle" size="xs" aria-expanded={replacing} onClick={open}>
              {t('documents.replace')}
            </Button>
            <Reasoned
              danger
              label={t('documents.void')}
              body={t('documents.voidBody')}
              onConfirm={(reason) => voiding.mutateAsync({ document, reason })}
            />
          </>
        )}
        {others.length > 0 && (
          <Button variant="subtle" size="xs" aria-expanded={older} onClick={toggle}>
            {t('documents.versions', { count: document.versions.length })}
          </Button>
        )}
      </Group>
      {replacing && <UploadForm patientId={patientId} replaces={document} onDone={close} />}
      {older && (
        <ul className={lists.list}>
          {[...others].reverse().map((version) => (
            <li key={version.number} className={lists.line}>
              <Group justify="space-between">
                <Text size="sm" className="numeric" style={{ overflowWrap: 'anywhere' }}>
                  {t('documents.version', { number: version.number })} · {dateAndTime(version.added_at)} ·{' '}
                  {version.name}
                </Text>
                <Open patientId={patientId} document={document} version={version} />
              </Group>
            </li>
          ))}
        </ul>
      )}
    </Paper>
  );
}

/** The file when it may be fetched; otherwise what became of it. */
function Open({ patientId, document, version }: CardProps & { readonly version: Version }) {
  const { t } = useTranslation();
  if (version.status === 'scanning') {
    return <Tag tone="warn">{t('documents.scanning')}</Tag>;
  }
  if (version.status === 'refused') {
    const reason = REFUSALS.find((each) => each === version.refusal);
    return <Alert color="red">{reason ? t(`documents.refusal.${reason}`) : t('documents.refused')}</Alert>;
  }
  return (
    <ViewFile
      name={version.name}
      mediaType={version.media_type ?? ''}
      link={() => linkTo(patientId, document, version.number)}
    />
  );
}

function KindIcon({ mediaType }: { readonly mediaType: string }) {
  const Icon =
    mediaType === 'application/pdf' ? IconFileTypePdf : mediaType.startsWith('image/') ? IconPhoto : IconFileText;
  return <Icon size={26} stroke={1.4} aria-hidden />;
}
