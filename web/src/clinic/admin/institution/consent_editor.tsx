import { Button, Group, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/consults';
import { useChange, useSaving } from '../../data/saving';
import { consults, unwrap } from '../../data/server/client';
import { Refusal, Refused } from '../../kit/forms';

type Texts = components['schemas']['ConsentTexts'];

const BOXES = ['teleconsultation', 'health_data', 'messages'] as const;

interface ConsentEditorProps {
  readonly texts: Texts;
  readonly version: string;
  readonly onDone: () => void;
}

/** The institution's own words, beginning with what is shown now. */
export function ConsentEditor({ texts, version, onDone }: ConsentEditorProps) {
  const { t } = useTranslation();
  const { shown } = texts;
  const label = (code: string) => shown.boxes.find((box) => box.code === code)?.label ?? '';
  const form = useForm({
    initialValues: {
      in_use: true,
      title: shown.title,
      sections: shown.sections.map((section) => ({ ...section })),
      labels: Object.fromEntries(BOXES.map((code) => [code, label(code)])) as Record<(typeof BOXES)[number], string>,
      refusal: shown.refusal,
    },
    validate: {
      title: (value) => (value.trim() === '' ? t('common.required') : null),
      refusal: (value) => (value.trim() === '' ? t('common.required') : null),
      sections: {
        heading: (value: string) => (value.trim() === '' ? t('common.required') : null),
        text: (value: string) => (value.trim() === '' ? t('common.required') : null),
      },
      labels: {
        teleconsultation: (value: string) => (value.trim() === '' ? t('common.required') : null),
        health_data: (value: string) => (value.trim() === '' ? t('common.required') : null),
      },
    },
  });
  const saving = useSaving(
    form,
    ['admin', 'consent'],
    (fields) => {
      const labels = filled(fields.labels);
      const params = { path: { language: shown.language }, header: { 'If-Match': version } };
      return unwrap(consults.PUT('/consults/consent-texts/{language}', { params, body: { ...fields, labels } }));
    },
    onDone,
  );
  const withdrawing = useChange(
    ['admin', 'consent'],
    () => {
      const body = { ...form.getInitialValues(), in_use: false };
      const params = { path: { language: shown.language }, header: { 'If-Match': version } };
      return unwrap(
        consults.PUT('/consults/consent-texts/{language}', { params, body: { ...body, labels: filled(body.labels) } }),
      );
    },
    onDone,
  );
  const { sections } = form.values;
  return (
    <Paper p="md" component="form" noValidate onSubmit={saving.onSubmit}>
      <Stack>
        <TextInput label={t('consent.textHeading')} withAsterisk {...form.getInputProps('title')} />
        {sections.map((_, index) => (
          <Stack key={index} gap="xs">
            <TextInput
              label={t('consent.sectionHeading', { n: index + 1 })}
              withAsterisk
              {...form.getInputProps(`sections.${index}.heading`)}
            />
            <Textarea
              label={t('consent.sectionText', { n: index + 1 })}
              withAsterisk
              autosize
              minRows={2}
              maxLength={4000}
              {...form.getInputProps(`sections.${index}.text`)}
            />
            {sections.length > 1 && (
              <Button
                variant="subtle"
                size="compact-sm"
                style={{ alignSelf: 'flex-start' }}
                onClick={() => form.removeListItem('sections', index)}
              >
                {t('consent.removeSection', { n: index + 1 })}
              </Button>
            )}
          </Stack>
        ))}
        <Button
          variant="light"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => form.insertListItem('sections', { heading: '', text: '' })}
        >
          {t('consent.addSection')}
        </Button>
        {BOXES.map((code) => (
          <TextInput key={code} label={t(`consent.box.${code}`)} {...form.getInputProps(`labels.${code}`)} />
        ))}
        <Textarea
          label={t('consent.refusal')}
          withAsterisk
          autosize
          minRows={2}
          maxLength={4000}
          {...form.getInputProps('refusal')}
        />
        <Text size="sm" c="dimmed">
          {t('consent.publishHelp')}
        </Text>
        <Refused text={saving.refusal} />
        <Refusal error={withdrawing.error} />
        <Group>
          <Button type="submit" loading={saving.busy}>
            {t('consent.publish')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          {!shown.draft && (
            <Button variant="subtle" loading={withdrawing.isPending} onClick={() => withdrawing.mutate(undefined)}>
              {t('consent.backToShipped')}
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

/** Boxes without words are not shown. */
function filled(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, text]) => text.trim() !== ''));
}
