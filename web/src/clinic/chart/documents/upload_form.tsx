import { Alert, Button, FileInput, Group, NativeSelect, Paper, Progress, Stack, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { CATEGORIES, useUpload, type Category, type Document } from '../../data/chart/documents';
import { LARGEST_BYTES } from '../../data/files';
import { useUnsaved } from '../../kit/unsaved';
import { explain } from '../../language/refusals';

interface UploadProps {
  readonly patientId: string;
  readonly encounterId?: string | undefined;
  readonly replaces?: Document;
  readonly onDone: () => void;
}

/** A new document, or the next version of one. The file is examined before anybody can open it. */
export function UploadForm({ patientId, encounterId, replaces, onDone }: UploadProps) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const [title, setTitle] = useState('');
  const [category, setCategory] = useState<Category>('11502-2');
  const [share, setShare] = useState<number>();
  const uploading = useUpload(patientId, setShare);
  const leave = useUnsaved(file !== null);
  const tooLarge = file !== null && file.size > LARGEST_BYTES;
  const choose = (chosen: File | null) => {
    setFile(chosen);
    if (title === '') setTitle(chosen?.name.replace(/\.[^.]+$/, '').slice(0, 200) ?? '');
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (file === null) return;
    uploading.mutate(
      { file, title: title.trim(), category, encounterId, ...(replaces && { replaces }) },
      {
        onSuccess: () => {
          leave();
          onDone();
        },
        onSettled: () => setShare(undefined),
      },
    );
  };
  return (
    <Paper
      component="form"
      p="md"
      onSubmit={submit}
      noValidate
      aria-label={t(replaces ? 'documents.replace' : 'documents.add')}
    >
      <Stack>
        <FileInput
          label={t('documents.file')}
          description={t('documents.fileHint')}
          placeholder={t('documents.choose')}
          value={file}
          clearable
          clearButtonProps={{ 'aria-label': t('documents.clear') }}
          error={tooLarge && t('documents.tooLarge')}
          onChange={choose}
        />
        {!replaces && (
          <div className="columns-2">
            <TextInput
              label={t('documents.name')}
              withAsterisk
              maxLength={200}
              value={title}
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
            <NativeSelect
              label={t('documents.categoryLabel')}
              value={category}
              data={CATEGORIES.map((each) => ({ value: each, label: t(`documents.category.${each}`) }))}
              onChange={(event) =>
                setCategory(CATEGORIES.find((each) => each === event.currentTarget.value) ?? category)
              }
            />
          </div>
        )}
        {share !== undefined && <Progress value={share * 100} aria-label={t('documents.uploading')} />}
        <div role="alert">{uploading.isError && <Alert color="red">{explain(uploading.error, t)}</Alert>}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            loading={uploading.isPending}
            disabled={file === null || tooLarge || (!replaces && title.trim() === '')}
          >
            {t('documents.upload')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
