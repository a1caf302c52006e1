import { ActionIcon, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Site, titleOf, useCategories } from '../../data/agenda';
import { DateField, TimeField } from '../../kit/date_field';
import { dateParts } from '../../language/format';
import { addDays } from '../../language/zone';
import classes from './availability.module.css';
import type { AvailabilityForm } from './availability_form';

interface RowProps {
  readonly form: UseFormReturnType<AvailabilityForm>;
  readonly index: number;
}

interface PlacedRowProps extends RowProps {
  readonly sites: readonly Site[];
}

const A_MONDAY = '2024-01-01';

export function WeeklyFields({ form, index, sites }: PlacedRowProps) {
  const { t } = useTranslation();
  const at = (name: string) => form.getInputProps(`weekly.${index}.${name}`);
  const weekdays = Array.from({ length: 7 }, (_, n) => ({
    value: String(n + 1),
    label: dateParts(addDays(A_MONDAY, n), { weekday: 'long' }),
  }));
  return (
    <div className={classes.block}>
      <Select label={t('admin.weekday')} data={weekdays} allowDeselect={false} {...at('weekday')} />
      <TimeField withAsterisk label={t('common.start')} {...at('start')} />
      <TimeField label={t('common.end')} {...at('end')} />
      <Place at={at} sites={sites} />
      <DateField label={t('admin.validFrom')} {...at('valid_from')} />
      <DateField label={t('admin.validUntil')} {...at('valid_until')} />
      <Remove onClick={() => form.removeListItem('weekly', index)} />
    </div>
  );
}

export function ExtraFields({ form, index, sites }: PlacedRowProps) {
  const { t } = useTranslation();
  const at = (name: string) => form.getInputProps(`extra.${index}.${name}`);
  return (
    <div className={classes.block}>
      <DateField withAsterisk label={t('admin.date')} {...at('date')} />
      <TimeField withAsterisk label={t('common.start')} {...at('start')} />
      <TimeField label={t('common.end')} {...at('end')} />
      <Place at={at} sites={sites} />
      <Remove onClick={() => form.removeListItem('extra', index)} />
    </div>
  );
}

interface ClosureFieldsProps {
  readonly at: At;
  readonly onRemove: () => void;
}

/** Days off of a practitioner, or holidays of a site; without hours the whole days. */
export function ClosureFields({ at, onRemove }: ClosureFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.block}>
      <DateField withAsterisk label={t('admin.first')} {...at('first')} />
      <DateField withAsterisk label={t('admin.last')} {...at('last')} />
      <TimeField label={t('common.start')} {...at('start')} />
      <TimeField label={t('common.end')} {...at('end')} />
      <TextInput label={t('admin.reason')} maxLength={200} {...at('reason')} />
      <Remove onClick={onRemove} />
    </div>
  );
}

type At = (name: string) => ReturnType<UseFormReturnType<AvailabilityForm>['getInputProps']>;

/** Site, slot length and kinds of a block. */
function Place({ at, sites }: { readonly at: At; readonly sites: readonly Site[] }) {
  const { t } = useTranslation();
  const categories = useCategories().data ?? [];
  return (
    <>
      <Select
        label={t('agenda.site')}
        data={sites.map((site) => ({ value: site.id, label: site.name }))}
        allowDeselect={false}
        {...at('site')}
      />
      <NumberInput label={t('admin.slot')} min={5} max={480} step={5} allowDecimal={false} {...at('slot_minutes')} />
      <MultiSelect
        label={t('admin.categories')}
        placeholder={t('admin.allCategories')}
        data={categories.map((category) => ({ value: category.code, label: titleOf(category) }))}
        {...at('categories')}
      />
    </>
  );
}

function Remove({ onClick }: { readonly onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon className={classes.remove} variant="default" size={36} aria-label={t('admin.remove')} onClick={onClick}>
      <IconTrash size={18} aria-hidden />
    </ActionIcon>
  );
}
