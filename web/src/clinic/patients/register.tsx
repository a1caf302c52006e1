import { Alert, Button, Checkbox, Group, Paper, Radio, Select, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import dayjs from 'dayjs';
import type { TFunction } from 'i18next';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { components } from '../../api/patients';
import { Problem } from '../../common/problem';
import { uuid7 } from '../../common/uuid';
import { patients, unwrap } from '../data/server/client';
import { DateField } from '../kit/date_field';
import { ageText } from '../language/age';
import { documentName, documentsOffered } from '../language/identity_documents';
import { explain, explainField } from '../language/refusals';
import { parsePartialDate } from '../language/typed_date';
import { isDay } from '../language/zone';
import { Duplicates, type Candidate } from './duplicates';

type NewPatient = components['schemas']['NewPatient'];

const SEXES = ['female', 'male', 'other', 'unknown'] as const;

interface Fields {
  given: string;
  family: string;
  secondFamily: string;
  birthDate: string;
  estimated: boolean;
  sex: (typeof SEXES)[number] | '';
  documentType: string;
  documentNumber: string;
  phone: string;
  email: string;
  language: string;
}

/** Registration: what the desk asks first; the rest belongs to the patient's own page. */
export function RegisterPatient() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const key = useRef(uuid7());
  const [candidates, setCandidates] = useState<readonly Candidate[]>([]);
  const required = (value: string) => (value.trim() === '' ? t('common.required') : null);
  const form = useForm<Fields>({
    initialValues: {
      given: '',
      family: '',
      secondFamily: '',
      birthDate: '',
      estimated: false,
      sex: '',
      documentType: documentsOffered()[0] ?? '',
      documentNumber: '',
      phone: '',
      email: '',
      language: i18n.language,
    },
    validate: {
      given: required,
      family: required,
      sex: required,
      documentNumber: (value, fields) => documentFault(fields.documentType, value, t),
      birthDate: (value, { estimated }) =>
        required(value) ?? (isDay(value) || (estimated && isPartial(value)) ? null : t('date.bad')),
    },
  });
  const focusFirst = (fields: readonly string[]) => {
    const first = fields[0];
    if (first !== undefined) form.getInputNode(first as keyof Fields)?.focus();
  };
  const registration = useMutation({
    mutationFn: async (confirmed: boolean) => {
      const body = bodyOf(form.values, confirmed);
      const params = { header: { 'Idempotency-Key': key.current } };
      return unwrap(patients.POST('/patients', { params, body }));
    },
    onSuccess: (patient) => {
      notifications.show({ message: t('register.done') });
      void navigate(`/patients/${patient.id}`);
    },
    onError: (error) => {
      key.current = uuid7(); // nothing was registered; what comes next is another request
      if (!(error instanceof Problem)) return;
      setCandidates(candidatesOf(error));
      const faults = fieldErrors(error, t);
      form.setErrors(faults);
      focusFirst(Object.keys(faults));
    },
  });

  return (
    <Stack maw={760}>
      <Title order={1} size="h2">
        {t('register.title')}
      </Title>
      <Paper
        component="form"
        p="lg"
        onSubmit={form.onSubmit(
          () => registration.mutate(false),
          (faults) => focusFirst(Object.keys(faults)),
        )}
      >
        <Stack>
          <div className="columns-3">
            <TextInput label={t('register.given')} withAsterisk {...form.getInputProps('given')} />
            <TextInput label={t('register.family')} withAsterisk {...form.getInputProps('family')} />
            <TextInput label={t('register.secondFamily')} {...form.getInputProps('secondFamily')} />
            <DateField
              label={t('register.birthDate')}
              description={ageInWords(form.values.birthDate, t)}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              withAsterisk
              longAgo
              partial={form.values.estimated}
              max={dayjs().format('YYYY-MM-DD')}
              {...form.getInputProps('birthDate')}
            />
            <Select
              label={t('register.language')}
              allowDeselect={false}
              data={[
                { value: 'es', label: 'Español' },
                { value: 'pt', label: 'Português' },
                { value: 'en', label: 'English' },
              ]}
              {...form.getInputProps('language')}
            />
          </div>
          <Checkbox label={t('register.estimated')} {...form.getInputProps('estimated', { type: 'checkbox' })} />
          <Radio.Group label={t('register.sex')} withAsterisk {...form.getInputProps('sex')}>
            <Group mt={4}>
              {SEXES.map((sex) => (
                <Radio key={sex} value={sex} label={t(`register.${sex}`)} />
              ))}
            </Group>
          </Radio.Group>
          <div className="columns-2">
            <Group wrap="nowrap" align="flex-start">
              <Select
                label={t('register.documentType')}
                allowDeselect={false}
                data={documentsOffered().map((each) => {
                  const [country = '', type = ''] = each.split(' ');
                  return { value: each, label: documentName(country, type, t) };
                })}
                w={190}
                {...form.getInputProps('documentType')}
              />
              <TextInput
                label={t('register.documentNumber')}
                style={{ flex: 1 }}
                {...form.getInputProps('documentNumber')}
                onBlur={() => form.validateField('documentNumber')}
              />
            </Group>
            <TextInput type="tel" label={t('register.phone')} {...form.getInputProps('phone')} />
            <TextInput type="email" label={t('register.email')} {...form.getInputProps('email')} />
          </div>
          {candidates.length > 0 && (
            <Duplicates
              candidates={candidates}
              busy={registration.isPending}
              onConfirm={() => registration.mutate(true)}
            />
          )}
          <div role="alert">
            {registration.isError && candidates.length === 0 && (
              <Alert color="red">{explain(registration.error, t)}</Alert>
            )}
          </div>
          <Group justify="flex-end">
            <Button variant="default" component={Link} to="/patients">
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={registration.isPending}>
              {t('register.submit')}
            </Button>
          </Group>
        </Stack>
      </Paper>
    </Stack>
  );
}

/** How many digits a document has, where that says at once what was mistyped. */
const DIGITS: Readonly<Record<string, number>> = { 'PE DNI': 8, 'BR CPF': 11, 'EC CI': 10, 'SV DUI': 9, 'GT CUI': 13 };

function documentFault(type: string, typed: string, t: TFunction): string | null {
  const wanted = DIGITS[type];
  const count = typed.replace(/[\s.-]/g, '').length;
  if (wanted === undefined || count === 0 || count === wanted) return null;
  // The check character that is printed beside a Peruvian DNI may be typed along.
  if (type === 'PE DNI' && count === wanted + 1) return null;
  const [country = '', kind = ''] = type.split(' ');
  return t('register.documentDigits', { document: documentName(country, kind, t), wanted, count });
}

function bodyOf(fields: Fields, confirmed: boolean): NewPatient {
  const [country = '', type = ''] = fields.documentType.split(' ');
  const number = fields.documentNumber.trim();
  return {
    name: {
      given: fields.given,
      family: fields.family,
      ...(fields.secondFamily.trim() !== '' && { second_family: fields.secondFamily }),
    },
    ...birthOf(fields.birthDate),
    birth_date_estimated: fields.estimated,
    sex: fields.sex === '' ? 'unknown' : fields.sex,
    language: fields.language,
    documents: number === '' ? [] : [{ country, type, number }],
    phones: fields.phone.trim() === '' ? [] : [fields.phone.trim()],
    ...(fields.email.trim() !== '' && { email: fields.email.trim() }),
    confirm_not_duplicate: confirmed,
  };
}

/** `1980` and `1980-03` are what is known of a birth; its first day stands for it. */
function birthOf(typed: string): Pick<NewPatient, 'birth_date' | 'birth_date_precision'> {
  if (!isPartial(typed)) return { birth_date: typed };
  const month = typed.length > 4;
  return { birth_date: month ? `${typed}-01` : `${typed}-01-01`, birth_date_precision: month ? 'month' : 'year' };
}

function isPartial(value: string): boolean {
  return !isDay(value) && parsePartialDate(value) === value;
}

/** How old somebody born then is; nothing for what is no date or lies ahead. */
function ageInWords(birthDate: string, t: TFunction): string {
  if (isPartial(birthDate)) return ageText({ ...birthOf(birthDate), birth_date_estimated: true }, t);
  return isDay(birthDate) ? ageText({ birth_date: birthDate }, t) : '';
}

/** One line a candidate: id, score of 100, reason codes. */
function candidatesOf(problem: Problem): readonly Candidate[] {
  if (problem.kind !== 'likely-duplicate' && problem.kind !== 'document-taken') return [];
  const ids = (problem.extra['candidates'] ?? []) as readonly string[];
  const reasons = (problem.extra['reasons'] ?? []) as readonly string[];
  const scores = new Map(reasons.map((line) => line.split(' ')).map(([id = '', score = '']) => [id, score]));
  return ids.map((id) => ({ id, score: scores.get(id) ?? '100' }));
}

const POINTERS: Readonly<Record<string, keyof Fields>> = {
  '/name/given': 'given',
  '/name/family': 'family',
  '/name/second_family': 'secondFamily',
  '/birth_date': 'birthDate',
  '/phones/0': 'phone',
  '/email': 'email',
};

function fieldErrors(problem: Problem, t: TFunction): Partial<Record<keyof Fields, string>> {
  const known = problem.fields.map((fault) => {
    const field = fault.pointer.startsWith('/documents') ? 'documentNumber' : POINTERS[fault.pointer];
    return field ? ([field, explainField(fault, t)] as const) : undefined;
  });
  return Object.fromEntries(known.filter((entry) => entry !== undefined));
}
