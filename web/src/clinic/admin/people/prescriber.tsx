import { Alert, Select, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { components } from '../../../api/orders';
import { Problem } from '../../../common/problem';
import { useSaving } from '../../data/saving';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import { useSession } from '../../data/session/session';
import type { User } from '../../data/users';
import { Form, FormEnd } from '../../kit/forms';
import { Loaded } from '../../kit/states';

type Prescriber = components['schemas']['Prescriber'];

interface PrescriberProps {
  readonly user: User;
  readonly onClose: () => void;
}

/** Who a user is on paper: what heads and signs the prescriptions, orders and certificates. */
export function PrescriberEditor({ user, onClose }: PrescriberProps) {
  const key = ['admin', 'prescriber', user.id];
  const found = useQuery({ queryKey: key, queryFn: () => onFile(user.id), staleTime: 0 });
  return (
    <Loaded query={found}>
      {(data) => <PrescriberForm key={data?.version} user={user} present={data} onClose={onClose} />}
    </Loaded>
  );
}

/** The registration on file; null while none was entered. */
async function onFile(user: string): Promise<Prescriber | null> {
  try {
    return await unwrap(orders.GET('/orders/prescribers/{user_id}', { params: { path: { user_id: user } } }));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

function PrescriberForm({ user, present, onClose }: PrescriberProps & { readonly present: Prescriber | null }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const needed = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const form = useForm({
    initialValues: {
      name: present?.name ?? user.display_name,
      type: present?.registration.type ?? '',
      number: present?.registration.number ?? '',
      specialty: present?.specialty ?? '',
      institution: present?.institution ?? me.tenant_name,
      address: present?.address ?? '',
      phone: present?.phone ?? '',
      degreeFrom: present?.degree_from ?? '',
      zone: present?.zone ?? '',
    },
    validate: { name: needed, type: needed, number: needed, institution: needed },
  });
  const saving = useSaving(
    form,
    ['admin', 'prescriber', user.id],
    (fields) => {
      const params = { path: { user_id: user.id }, header: ifMatch(present?.version ?? 0) };
      const body = {
        name: fields.name.trim(),
        registration: { type: fields.type.trim(), number: fields.number.trim() },
        specialty: fields.specialty.trim() || null,
        institution: fields.institution.trim(),
        address: fields.address.trim() || null,
        phone: fields.phone.trim() || null,
        degree_from: fields.degreeFrom.trim() || null,
        zone: fields.zone || null,
      };
      return unwrap(orders.PUT('/orders/prescribers/{user_id}', { params, body }));
    },
    onClose,
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      {present === null ? (
        <Alert color="yellow">{t('prescriber.none')}</Alert>
      ) : (
        <Text c="dimmed" size="sm">
          {t('prescriber.kept')}
        </Text>
      )}
      <TextInput label={t('prescriber.name')} withAsterisk data-autofocus {...form.getInputProps('name')} />
      <div className="columns-2">
        <TextInput label={t('admin.register')} withAsterisk {...form.getInputProps('type')} />
        <TextInput label={t('admin.registration')} withAsterisk {...form.getInputProps('number')} />
      </div>
      <TextInput label={t('prescriber.specialty')} {...form.getInputProps('specialty')} />
      <TextInput label={t('prescriber.institution')} withAsterisk {...form.getInputProps('institution')} />
      <TextInput
        label={t('prescriber.address')}
        description={t('prescriber.lawHelp')}
        {...form.getInputProps('address')}
      />
      <div className="columns-2">
        <TextInput type="tel" label={t('prescriber.phone')} {...form.getInputProps('phone')} />
        <TextInput label={t('prescriber.degreeFrom')} {...form.getInputProps('degreeFrom')} />
      </div>
      <Select
        label={t('institution.zone')}
        description={t('prescriber.zoneHelp')}
        searchable
        clearable
        limit={30}
        data={Intl.supportedValuesOf('timeZone')}
        {...form.getInputProps('zone')}
      />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
