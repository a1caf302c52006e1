import { Button, Fieldset, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useSites, type Site } from '../../data/agenda';
import { useSaving } from '../../data/saving';
import { appointments, ifMatch, unwrap } from '../../data/server/client';
import { Form, FormEnd } from '../../kit/forms';
import { orNull } from '../../kit/or_null';
import { Catalogue } from '../../kit/table';
import { HERE, today } from '../../language/zone';
import { AffectedByHolidays } from './affected';
import { closureFaults, closuresOf, newClosure, rowsOf, worded, type ClosureRow } from './availability_form';
import { ClosureFields } from './availability_rows';

/** Places of care; the zone decides what their agendas' clocks show. */
export function SitesPage() {
  const { t } = useTranslation();
  return (
    <Catalogue
      query={useSites()}
      texts={{
        title: t('admin.sites'),
        intro: t('admin.sitesIntro'),
        add: t('admin.newSite'),
        edit: t('admin.editSite'),
      }}
      keyOf={(site) => site.id}
      nameOf={(site) => site.name}
      columns={[
        { label: t('admin.name'), cell: (site) => <Text fw={600}>{site.name}</Text> },
        { label: t('admin.zone'), cell: (site) => site.zone },
        { label: t('admin.address'), cell: (site) => site.address },
        { label: t('admin.phone'), numeric: true, cell: (site) => site.phone },
      ]}
      form={(site, close) => <SiteForm key={site?.version} site={site} onClose={close} />}
    />
  );
}

type SiteFields = {
  name: string;
  zone: string;
  address: string;
  phone: string;
  altitude: number | string;
  holidays: ClosureRow[];
};

function SiteForm({ site, onClose }: { readonly site: Site | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const form = useForm<SiteFields>({
    initialValues: {
      name: site?.name ?? '',
      zone: site?.zone ?? HERE,
      address: site?.address ?? '',
      phone: site?.phone ?? '',
      altitude: site?.altitude_m ?? '',
      holidays: rowsOf(site?.holidays ?? []),
    },
    validate: ({ name, zone, holidays }) => ({
      ...worded(closureFaults('holidays', holidays), t),
      ...(name.trim() === '' && { name: t('common.required') }),
      ...(zone === '' && { zone: t('common.required') }),
    }),
  });
  const saving = useSaving(
    form,
    ['sites'],
    ({ name, zone, address, phone, altitude, holidays }, header) => {
      const body = {
        name,
        zone,
        address: orNull(address),
        phone: orNull(phone),
        altitude_m: altitude === '' ? null : Number(altitude),
        holidays: closuresOf(holidays),
      };
      if (!site) return unwrap(appointments.POST('/appointments/sites', { params: { header }, body }));
      const params = { path: { site_id: site.id }, header: ifMatch(site.version) };
      return unwrap(appointments.PUT('/appointments/sites/{site_id}', { params, body }));
    },
    // Whoever makes a holiday reads whose appointments fall on it before he goes on.
    ({ affected }) => affected.length === 0 && onClose(),
  );
  const { holidays } = form.values;
  return (
    <Form onSubmit={saving.onSubmit}>
      {site && <AffectedByHolidays site={site.id} />}
      <TextInput label={t('admin.name')} withAsterisk data-autofocus {...form.getInputProps('name')} />
      <Select
        label={t('admin.zone')}
        description={t('admin.zoneHelp')}
        withAsterisk
        searchable
        allowDeselect={false}
        limit={30}
        data={Intl.supportedValuesOf('timeZone')}
        {...form.getInputProps('zone')}
      />
      <TextInput label={t('admin.address')} {...form.getInputProps('address')} />
      <TextInput
        type="tel"
        label={t('admin.phone')}
        description={t('admin.phoneHelp')}
        {...form.getInputProps('phone')}
      />
      <NumberInput
        label={t('vitals.altitude.label')}
        description={t('vitals.altitude.help')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        allowDecimal={false}
        min={-430}
        max={6000}
        {...form.getInputProps('altitude')}
      />
      <Fieldset legend={t('admin.holidays')}>
        <Stack gap="sm">
          {holidays.map((row, index) => (
            <ClosureFields
              key={row.key}
              at={(name) => form.getInputProps(`holidays.${index}.${name}`)}
              onRemove={() => form.removeListItem('holidays', index)}
            />
          ))}
          <div>
            <Button
              size="xs"
              variant="light"
              onClick={() => form.insertListItem('holidays', newClosure(today(form.values.zone)))}
            >
              {t('admin.addHoliday')}
            </Button>
          </div>
        </Stack>
      </Fieldset>
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
