import { Alert, Button, Checkbox, Group, NumberInput, Paper, Select, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/patients';
import { useCountryProfile } from '../../data/country';
import { useSaving } from '../../data/saving';
import { ifMatch, patients, unwrap } from '../../data/server/client';
import { Refused } from '../../kit/forms';
import { Section } from '../../kit/section';
import { Loaded } from '../../kit/states';
import { useUnsaved } from '../../kit/unsaved';
import { currentLanguage } from '../../language/i18n';
import { HERE } from '../../language/zone';
import { SurveillanceSection } from './surveillance';

type Profile = components['schemas']['CountryProfile'];

/** ISO 3166-1 alpha-2 of the countries of the Americas whose ministries this is made for. */
const COUNTRIES = [
  'AR', 'BO', 'BR', 'CL', 'CO', 'CR', 'CU', 'DO', 'EC', 'GT', 'HN', 'HT', 'MX', 'NI', 'PA', 'PE', 'PR', 'PY', 'SV', 'UY', 'VE',
] as const; // prettier-ignore

/** What the institution's country demands of records, and which diseases it must report. */
export function CountryPage() {
  const { t } = useTranslation();
  const profile = useCountryProfile();
  return (
    <Stack maw={980} gap="xl">
      <Section title={t('institution.country')} intro={t('institution.countryIntro')}>
        <Loaded query={profile}>{(data) => <ProfileForm key={data.version} profile={data} />}</Loaded>
      </Section>
      <SurveillanceSection />
    </Stack>
  );
}

type Fields = {
  country: string | null;
  icd10: boolean;
  retention_years: number | string;
  zone: string;
};

function ProfileForm({ profile }: { readonly profile: Profile }) {
  const { t } = useTranslation();
  const names = new Intl.DisplayNames([currentLanguage()], { type: 'region' });
  const known = profile.country !== null && !COUNTRIES.some((each) => each === profile.country);
  const countries = [...COUNTRIES, ...(known ? [profile.country ?? ''] : [])].map((value) => ({
    value,
    label: names.of(value) ?? value,
  }));
  const form = useForm<Fields>({
    initialValues: {
      country: profile.country,
      icd10: profile.icd10,
      retention_years: profile.retention_years,
      zone: profile.version === 0 ? HERE : profile.zone,
    },
    validate: {
      country: (value) => (value === null ? t('common.required') : null),
      retention_years: (value) => (Number(value) >= 1 && Number(value) <= 100 ? null : t('institution.retentionRange')),
    },
  });
  const saving = useSaving(form, ['admin'], (fields) => {
    const params = { header: ifMatch(profile.version) };
    const body = { ...fields, country: fields.country ?? '', retention_years: Number(fields.retention_years) };
    return unwrap(patients.PUT('/patients/country-profile', { params, body }));
  });
  useUnsaved(form.isDirty());
  const shorter = Number(form.values.retention_years) < profile.retention_years;
  return (
    <Paper p="md" component="form" noValidate onSubmit={saving.onSubmit} maw={760}>
      <Stack>
        <div className="columns-2">
          <Select
            label={t('institution.countryName')}
            withAsterisk
            searchable
            data={countries.sort((a, b) => a.label.localeCompare(b.label))}
            {...form.getInputProps('country')}
          />
          <NumberInput
            label={t('institution.retention')}
            description={t('institution.retentionHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            min={1}
            max={100}
            allowDecimal={false}
            {...form.getInputProps('retention_years')}
          />
        </div>
        <Select
          label={t('institution.zone')}
          description={t('institution.zoneHelp')}
          withAsterisk
          searchable
          allowDeselect={false}
          limit={30}
          data={Intl.supportedValuesOf('timeZone')}
          {...form.getInputProps('zone')}
        />
        <Checkbox
          label={t('institution.icd10')}
          description={t('institution.icd10Help')}
          {...form.getInputProps('icd10', { type: 'checkbox' })}
        />
        {shorter && <Alert color="yellow">{t('institution.retentionShorter')}</Alert>}
        <Refused text={saving.refusal} />
        <Group>
          <Button type="submit" disabled={!form.isDirty()} loading={saving.busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
