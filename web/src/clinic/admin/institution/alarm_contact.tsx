import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { CONTACTS, type AlarmContact } from '../../data/alarm_plan';
import { useSaving } from '../../data/saving';
import { ifMatch, orders, unwrap } from '../../data/server/client';
import type { User } from '../../data/users';
import { Form, FormEnd } from '../../kit/forms';
import { orNull } from '../../kit/or_null';
import { currentLanguage } from '../../language/i18n';

const MAIL = /^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/;
const PHONE = /^\+[1-9][0-9]{6,14}$/;

interface ContactFormProps {
  readonly user: User;
  readonly present: AlarmContact | undefined;
  readonly onClose: () => void;
}

/** By what somebody is reached at any hour. */
export function ContactForm({ user, present, onClose }: ContactFormProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: {
      email: present?.email ?? '',
      phone: present?.phone ?? '',
      language: present?.language ?? currentLanguage(),
    },
    validate: {
      email: (value, { phone }) => {
        if (value.trim() === '') return phone.trim() === '' ? t('alarmPlan.oneAddress') : null;
        return MAIL.test(value.trim()) ? null : t('alarmPlan.badMail');
      },
      phone: (value) => (value.trim() === '' || PHONE.test(digits(value)) ? null : t('alarmPlan.badPhone')),
    },
  });
  const saving = useSaving(
    form,
    CONTACTS,
    ({ email, phone, language }) => {
      const params = { path: { user_id: user.id }, header: ifMatch(present?.version ?? 0) };
      const body = { email: orNull(email.trim()), phone: orNull(digits(phone)), language };
      return unwrap(orders.PUT('/orders/alarm-contacts/{user_id}', { params, body }));
    },
    onClose,
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <TextInput label={t('alarmPlan.mail')} type="email" data-autofocus {...form.getInputProps('email')} />
      <TextInput
        label={t('alarmPlan.phone')}
        description={t('alarmPlan.phoneHelp')}
        type="tel"
        {...form.getInputProps('phone')}
      />
      <Select
        label={t('alarmPlan.language')}
        allowDeselect={false}
        data={(['es', 'pt', 'en'] as const).map((value) => ({ value, label: t(`alarmPlan.languages.${value}`) }))}
        {...form.getInputProps('language')}
      />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}

/** Without the blanks, points and brackets that people write in telephone numbers. */
function digits(phone: string): string {
  return phone.replace(/[\s().-]/g, '');
}
