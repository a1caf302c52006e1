import { Alert, Button, Group, NumberInput, Paper, Select, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/consults';
import { useSaving } from '../../data/saving';
import { consults, patients, unwrap, unwrapVersioned } from '../../data/server/client';
import { ConsentWords } from '../../kit/consent_words';
import { Refused } from '../../kit/forms';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { dateAndTime } from '../../language/format';
import { currentLanguage } from '../../language/i18n';
import { ConsentEditor } from './consent_editor';

type Policy = components['schemas']['ConsentPolicy-Output'];
type Texts = components['schemas']['ConsentTexts'];

const KEY = ['admin', 'consent'] as const;
const LANGUAGES = ['es', 'pt', 'en'] as const;
/** ISO 3166-1 alpha-2 of the countries whose law comes with the product, and those without. */
const COUNTRIES = [
  'AR', 'BO', 'BR', 'CL', 'CO', 'CR', 'CU', 'DO', 'EC', 'GT', 'HN', 'HT', 'MX', 'NI', 'PA', 'PE', 'PR', 'PY', 'SV', 'UY', 'VE',
] as const; // prettier-ignore

/** What patients read before a teleconsultation: the institution in it, and the texts by language. */
export function ConsentPage() {
  const { t } = useTranslation();
  const policy = useQuery({
    queryKey: [...KEY, 'policy'],
    queryFn: async () => {
      const read = await unwrapVersioned(consults.GET('/consults/consent-policy'));
      // What the records' country is, where that module is installed and the consents name none yet.
      const known = await unwrap(patients.GET('/patients/country-profile')).catch(() => undefined);
      return [read[0], read[1], known?.country ?? null] as const;
    },
  });
  const [language, setLanguage] = useState<string>(currentLanguage());
  return (
    <Stack maw={980} gap="xl">
      <Section title={t('consent.title')} intro={t('consent.intro')}>
        <Loaded query={policy}>
          {([data, version, country]) => <PolicyForm key={version} policy={data} version={version} country={country} />}
        </Loaded>
      </Section>
      <Section title={t('consent.texts')}>
        <Tabs value={language} onChange={(value) => setLanguage(value ?? 'es')} keepMounted={false}>
          <Tabs.List>
            {LANGUAGES.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`consent.language.${one}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {LANGUAGES.map((one) => (
            <Tabs.Panel key={one} value={one} pt="md">
              <TextsOf language={one} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Section>
    </Stack>
  );
}

interface PolicyFormProps {
  readonly policy: Policy;
  readonly version: string;
  readonly country: string | null;
}

function PolicyForm({ policy, version, country }: PolicyFormProps) {
  const { t } = useTranslation();
  const names = new Intl.DisplayNames([currentLanguage()], { type: 'region' });
  const form = useForm({
    initialValues: {
      country: policy.country ?? country,
      controller: policy.controller ?? '',
      address: policy.address ?? '',
      contact: policy.contact ?? '',
      processor: policy.processor ?? '',
      stored_in: policy.stored_in ?? '',
      retention_years: policy.retention_years ?? '',
    },
  });
  const saving = useSaving(form, KEY, ({ country: code, retention_years: years, ...lines }) => {
    const body = {
      ...Object.fromEntries(Object.entries(lines).map(([name, text]) => [name, text.trim() || null])),
      country: code,
      retention_years: years === '' ? null : Number(years),
    };
    const params = { header: { 'If-Match': version } };
    return unwrap(consults.PUT('/consults/consent-policy', { params, body }));
  });
  const countries = COUNTRIES.map((value) => ({ value, label: names.of(value) ?? value }));
  return (
    <Paper p="md" component="form" noValidate onSubmit={saving.onSubmit} maw={760}>
      <Stack>
        <Text fw={600}>{t('consent.who')}</Text>
        <div className="columns-2">
          <Select
            label={t('consent.country')}
            searchable
            clearable
            data={countries.sort((a, b) => a.label.localeCompare(b.label))}
            {...form.getInputProps('country')}
          />
          <NumberInput
            label={t('consent.years')}
            description={t('consent.yearsHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            min={1}
            max={100}
            allowDecimal={false}
            {...form.getInputProps('retention_years')}
          />
          <TextInput
            label={t('consent.controller')}
            description={t('consent.controllerHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...form.getInputProps('controller')}
          />
          <TextInput label={t('consent.address')} {...form.getInputProps('address')} />
          <TextInput
            label={t('consent.contact')}
            description={t('consent.contactHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...form.getInputProps('contact')}
          />
          <TextInput label={t('consent.processor')} {...form.getInputProps('processor')} />
          <TextInput label={t('consent.storedIn')} {...form.getInputProps('stored_in')} />
        </div>
        <Refused text={saving.refusal} />
        <Group>
          <Button type="submit" disabled={!form.isDirty() && version !== '0'} loading={saving.busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function TextsOf({ language }: { readonly language: (typeof LANGUAGES)[number] }) {
  const texts = useQuery({
    queryKey: [...KEY, 'texts', language],
    queryFn: () =>
      unwrapVersioned(consults.GET('/consults/consent-texts/{language}', { params: { path: { language } } })),
  });
  return <Loaded query={texts}>{([data, version]) => <Shown key={version} texts={data} version={version} />}</Loaded>;
}

function Shown({ texts, version }: { readonly texts: Texts; readonly version: string }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const { shown, own } = texts;
  if (editing) return <ConsentEditor texts={texts} version={version} onDone={() => setEditing(false)} />;
  return (
    <Stack>
      {shown.draft && <Alert color="yellow">{t('consent.draft')}</Alert>}
      <Group justify="space-between">
        <Text fw={600}>
          {t('consent.shownNow')}: {shown.draft ? t('consent.shipped') : t('consent.own', { number: shown.version })}
        </Text>
        <Button variant="default" onClick={() => setEditing(true)}>
          {t(own.length > 0 ? 'consent.edit' : 'consent.write')}
        </Button>
      </Group>
      <Paper p="md">
        <ConsentWords text={shown} />
      </Paper>
      {own.length > 0 && (
        <section>
          <Text fw={600} component="h3">
            {t('consent.history')}
          </Text>
          {own.map((one) => (
            <details key={one.number}>
              <summary>
                {t('consent.historyLine', { number: one.number, at: dateAndTime(one.written_at) })}
                {!one.in_use && ` (${t('consent.inactive')})`}
              </summary>
              <Paper p="md" my="xs">
                <ConsentWords text={one.text} />
              </Paper>
            </details>
          ))}
        </section>
      )}
    </Stack>
  );
}
