import { Badge, Checkbox, Group, NumberInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { type Category, titleOf, useCategories } from '../../data/agenda';
import { useSaving } from '../../data/saving';
import { appointments, ifMatch, unwrap } from '../../data/server/client';
import { Form, FormEnd } from '../../kit/forms';
import { Active, Catalogue } from '../../kit/table';

/** Kinds of appointment, in three languages. */
export function CategoriesPage() {
  const { t } = useTranslation();
  return (
    <Catalogue
      query={useCategories()}
      texts={{
        title: t('admin.categories'),
        intro: t('admin.categoriesIntro'),
        add: t('admin.newCategory'),
        edit: t('admin.editCategory'),
      }}
      keyOf={(category) => category.code}
      nameOf={titleOf}
      columns={[
        { label: t('admin.name'), cell: (category) => <Text fw={600}>{titleOf(category)}</Text> },
        { label: t('admin.code'), cell: (category) => category.code },
        { label: t('admin.minutes'), numeric: true, cell: (category) => category.minutes },
        { label: t('admin.state'), cell: (category) => <State category={category} /> },
      ]}
      form={(category, close) => <CategoryForm category={category} onClose={close} />}
    />
  );
}

function State({ category }: { readonly category: Category }) {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      <Active active={category.active} />
      {category.telemedicine && (
        <Badge variant="outline" tt="none">
          {t('agenda.telemedicine')}
        </Badge>
      )}
    </Group>
  );
}

/** Codes of the institution's own (`schemas.agendas.Code`). */
export const CODE = /^[a-z][a-z0-9-]{1,39}$/;
/** How many more a taken time admits (`schemas.agendas.MAX_OVERBOOKING`). */
export const MOST_OVERBOOKED = 3;

function CategoryForm({
  category,
  onClose,
}: {
  readonly category: Category | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const required = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const form = useForm({
    initialValues: {
      code: category?.code ?? '',
      title_es: category?.title_es ?? '',
      title_pt: category?.title_pt ?? '',
      title_en: category?.title_en ?? '',
      minutes: category?.minutes ?? 20,
      overbooking: category?.overbooking ?? 0,
      telemedicine: category?.telemedicine ?? false,
      active: category?.active ?? true,
    },
    validate: {
      code: (value) => (CODE.test(value) ? null : t('admin.codeHelp')),
      title_es: required,
      title_pt: required,
      title_en: required,
      minutes: (value) => (value >= 5 && value % 5 === 0 ? null : t('admin.minutesHelp')),
    },
  });
  const saving = useSaving(
    form,
    ['categories'],
    ({ code, ...body }) => {
      const params = { path: { code }, header: ifMatch(category?.version ?? 0) };
      return unwrap(appointments.PUT('/appointments/categories/{code}', { params, body }));
    },
    onClose,
    // A new one replaces version 0: a stale version says that the code is in use.
    ({ status }) => (category === undefined && status === 412 ? { code: t('field.taken') } : {}),
  );
  return (
    <Form onSubmit={saving.onSubmit}>
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
      <NumberInput
        label={t('admin.minutes')}
        min={5}
        max={480}
        step={5}
        allowDecimal={false}
        {...form.getInputProps('minutes')}
      />
      <NumberInput
        label={t('admin.overbooking')}
        description={t('admin.overbookingHelp')}
        min={0}
        max={MOST_OVERBOOKED}
        allowDecimal={false}
        {...form.getInputProps('overbooking')}
      />
      <Checkbox label={t('admin.telemedicine')} {...form.getInputProps('telemedicine', { type: 'checkbox' })} />
      <Checkbox label={t('common.active')} {...form.getInputProps('active', { type: 'checkbox' })} />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
