import { Badge, Button, Checkbox, Group, NumberInput, Paper, Table, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { titleOf } from '../agenda/book';
import { useCategories, type Category } from '../agenda/data';
import { appointments, ifMatch, unwrap } from '../api';
import { Loaded } from '../layout/states';
import classes from './admin.module.css';
import { Dialog, fieldErrors, Form, Nothing, QuietHead, Refusal, Section, useChange } from './parts';

/** Kinds of appointment, in three languages. */
export function CategoriesPage() {
  const { t } = useTranslation();
  const categories = useCategories();
  const [editing, setEditing] = useState<Category | 'new'>();
  const close = () => setEditing(undefined);
  return (
    <Section
      title={t('admin.categories')}
      intro={t('admin.categoriesIntro')}
      action={<Button onClick={() => setEditing('new')}>{t('admin.newCategory')}</Button>}
    >
      <Loaded query={categories}>
        {(items) => (items.length === 0 ? <Nothing /> : <List items={items} onEdit={setEditing} />)}
      </Loaded>
      <Dialog
        title={t(editing === 'new' ? 'admin.newCategory' : 'admin.editCategory')}
        opened={editing !== undefined}
        onClose={close}
      >
        {editing !== undefined && <CategoryForm category={editing === 'new' ? undefined : editing} onClose={close} />}
      </Dialog>
    </Section>
  );
}

interface ListProps {
  readonly items: readonly Category[];
  readonly onEdit: (category: Category) => void;
}

function List({ items, onEdit }: ListProps) {
  const { t } = useTranslation();
  return (
    <Paper className={classes.scroll}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('admin.name')}</Table.Th>
            <Table.Th>{t('admin.code')}</Table.Th>
            <Table.Th>{t('admin.minutes')}</Table.Th>
            <Table.Th>{t('admin.state')}</Table.Th>
            <QuietHead label={t('admin.actions')} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((category) => (
            <Table.Tr key={category.code}>
              <Table.Td fw={600}>{titleOf(category)}</Table.Td>
              <Table.Td>{category.code}</Table.Td>
              <Table.Td className="numeric">{category.minutes}</Table.Td>
              <Table.Td>
                <Group gap={4}>
                  <Badge variant="light" tt="none" color={category.active ? 'green' : 'gray'}>
                    {t(category.active ? 'admin.active' : 'admin.inactive')}
                  </Badge>
                  {category.telemedicine && (
                    <Badge variant="outline" tt="none">
                      {t('agenda.telemedicine')}
                    </Badge>
                  )}
                </Group>
              </Table.Td>
              <Table.Td>
                <Button size="xs" variant="default" aria-label={`${t('admin.edit')}: ${titleOf(category)}`} onClick={() => onEdit(category)}>
                  {t('admin.edit')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

const CODE = /^[a-z][a-z0-9-]{1,39}$/;

function CategoryForm({ category, onClose }: { readonly category: Category | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const required = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const form = useForm({
    initialValues: {
      code: category?.code ?? '',
      title_es: category?.title_es ?? '',
      title_pt: category?.title_pt ?? '',
      title_en: category?.title_en ?? '',
      minutes: category?.minutes ?? 20,
      telemedicine: category?.telemedicine ?? false,
      active: category?.active ?? true,
    },
    validate: {
      code: (value) => (CODE.test(value) ? null : t('admin.codeHelp')),
      title_es: required,
      title_pt: required,
      title_en: required,
    },
  });
  const save = useChange(
    ['categories'],
    ({ code, ...body }: typeof form.values) => {
      const params = { path: { code }, header: ifMatch(category?.version ?? 0) };
      return unwrap(appointments.PUT('/appointments/categories/{code}', { params, body }));
    },
    onClose,
  );
  const submit = (fields: typeof form.values) =>
    save.mutate(fields, { onError: (error) => form.setErrors(fieldErrors(error, t)) });
  return (
    <Form onSubmit={form.onSubmit(submit)}>
      <TextInput
        label={t('admin.code')}
        description={t('admin.codeHelp')}
        withAsterisk
        disabled={category !== undefined}
        {...form.getInputProps('code')}
      />
      <TextInput label="Español" lang="es" withAsterisk {...form.getInputProps('title_es')} />
      <TextInput label="Português" lang="pt" withAsterisk {...form.getInputProps('title_pt')} />
      <TextInput label="English" lang="en" withAsterisk {...form.getInputProps('title_en')} />
      <NumberInput label={t('admin.minutes')} min={5} max={480} step={5} allowDecimal={false} {...form.getInputProps('minutes')} />
      <Checkbox
        label={t('admin.telemedicine')}
        {...form.getInputProps('telemedicine', { type: 'checkbox' })}
      />
      <Checkbox label={t('admin.active')} {...form.getInputProps('active', { type: 'checkbox' })} />
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
