import { Button, Group, Paper, Select, Table, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { uuid7 } from '../../common/uuid';
import { useSites, type Site } from '../agenda/data';
import { HERE } from '../agenda/zone';
import { appointments, ifMatch, unwrap } from '../api';
import { Loaded } from '../layout/states';
import classes from './admin.module.css';
import { Dialog, fieldErrors, Form, Nothing, QuietHead, Refusal, Section, useChange } from './parts';

/** Places of care; the zone decides what their agendas' clocks show. */
export function SitesPage() {
  const { t } = useTranslation();
  const sites = useSites();
  const [editing, setEditing] = useState<Site | 'new'>();
  const close = () => setEditing(undefined);
  return (
    <Section
      title={t('admin.sites')}
      intro={t('admin.sitesIntro')}
      action={<Button onClick={() => setEditing('new')}>{t('admin.newSite')}</Button>}
    >
      <Loaded query={sites}>
        {(items) =>
          items.length === 0 ? (
            <Nothing />
          ) : (
            <Paper className={classes.scroll}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('admin.name')}</Table.Th>
                    <Table.Th>{t('admin.zone')}</Table.Th>
                    <Table.Th>{t('admin.address')}</Table.Th>
                    <QuietHead label={t('admin.actions')} />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((site) => (
                    <Table.Tr key={site.id}>
                      <Table.Td fw={600}>{site.name}</Table.Td>
                      <Table.Td>{site.zone}</Table.Td>
                      <Table.Td>{site.address}</Table.Td>
                      <Table.Td>
                        <Button size="xs" variant="default" aria-label={`${t('admin.edit')}: ${site.name}`} onClick={() => setEditing(site)}>
                          {t('admin.edit')}
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Paper>
          )
        }
      </Loaded>
      <Dialog title={t(editing === 'new' ? 'admin.newSite' : 'admin.editSite')} opened={editing !== undefined} onClose={close}>
        {editing !== undefined && <SiteForm site={editing === 'new' ? undefined : editing} onClose={close} />}
      </Dialog>
    </Section>
  );
}

function SiteForm({ site, onClose }: { readonly site: Site | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [key, setKey] = useState(uuid7);
  const required = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const form = useForm({
    initialValues: { name: site?.name ?? '', zone: site?.zone ?? HERE, address: site?.address ?? '' },
    validate: { name: required, zone: required },
  });
  const save = useChange(
    ['sites'],
    ({ address, ...rest }: typeof form.values) => {
      const body = { ...rest, address: address.trim() === '' ? null : address };
      if (!site) return unwrap(appointments.POST('/appointments/sites', { params: { header: { 'Idempotency-Key': key } }, body }));
      const params = { path: { site_id: site.id }, header: ifMatch(site.version) };
      return unwrap(appointments.PUT('/appointments/sites/{site_id}', { params, body }));
    },
    onClose,
  );
  const submit = (fields: typeof form.values) =>
    save.mutate(fields, {
      onError: (error) => {
        setKey(uuid7());
        form.setErrors(fieldErrors(error, t));
      },
    });
  return (
    <Form onSubmit={form.onSubmit(submit)}>
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
      <Refusal error={save.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      </Group>
    </Form>
  );
}
