import { Badge, Checkbox, Select, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { KEY, useWarehouses, type Warehouse } from '../data/pharmacy';
import { useSaving } from '../data/saving';
import { ifMatch, pharmacy, unwrap } from '../data/server/client';
import { Form, FormEnd } from '../kit/forms';
import { Catalogue } from '../kit/table';
import { HERE } from '../language/zone';

/** Where stock is kept; in the zone of a warehouse a lot's last day ends. */
export function PlacesPage() {
  const { t } = useTranslation('pharmacy');
  return (
    <Catalogue
      query={useWarehouses()}
      texts={{ title: t('places.title'), intro: t('places.intro'), add: t('places.add'), edit: t('places.edit') }}
      keyOf={({ id }) => id}
      nameOf={({ name }) => name}
      columns={[
        { label: t('places.name'), cell: ({ name }) => <Text fw={600}>{name}</Text> },
        { label: t('places.zone'), cell: ({ zone }) => zone },
        { label: t('places.state'), cell: (place) => <State place={place} /> },
      ]}
      form={(place, close) => <PlaceForm key={place?.version} place={place} onClose={close} />}
    />
  );
}

function State({ place }: { readonly place: Warehouse }) {
  const { t } = useTranslation('pharmacy');
  if (place.closed)
    return (
      <Badge color="gray" variant="light" tt="none">
        {t('places.closed')}
      </Badge>
    );
  if (!place.lease) return null;
  return (
    <Badge color="blue" variant="light" tt="none">
      {t(`places.modes.${place.lease.mode}`, { site: place.lease.site })}
    </Badge>
  );
}

type Fields = { name: string; zone: string; closed: boolean };

function PlaceForm({ place, onClose }: { readonly place: Warehouse | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation('pharmacy');
  const { t: common } = useTranslation();
  const form = useForm<Fields>({
    initialValues: { name: place?.name ?? '', zone: place?.zone ?? HERE, closed: place?.closed ?? false },
    validate: ({ name }) => ({ ...(name.trim() === '' && { name: common('common.required') }) }),
  });
  const saving = useSaving(
    form,
    KEY,
    (fields, header) => {
      const body = { ...fields, site: place?.site ?? null };
      if (!place) return unwrap(pharmacy.POST('/pharmacy/warehouses', { params: { header }, body }));
      const params = { path: { warehouse_id: place.id }, header: ifMatch(place.version) };
      return unwrap(pharmacy.PUT('/pharmacy/warehouses/{warehouse_id}', { params, body }));
    },
    onClose,
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <TextInput label={t('places.name')} withAsterisk data-autofocus {...form.getInputProps('name')} />
      <Select
        label={t('places.zone')}
        description={t('places.zoneHelp')}
        withAsterisk
        searchable
        allowDeselect={false}
        limit={30}
        data={Intl.supportedValuesOf('timeZone')}
        {...form.getInputProps('zone')}
      />
      {place && <Checkbox label={t('places.close')} {...form.getInputProps('closed', { type: 'checkbox' })} />}
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
