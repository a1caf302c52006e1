import {
  Accordion,
  Button,
  Checkbox,
  CloseButton,
  Group,
  Radio,
  Select,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import dayjs from 'dayjs';
import type { TFunction } from 'i18next';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DateField } from '../kit/date_field';
import { ageText } from '../language/age';
import { currentCountry } from '../language/country';
import { documentName, documentsOffered } from '../language/identity_documents';
import { isDay } from '../language/zone';
import { birthOf, blankDocument, isPartial, SEXES } from './person';
import type { PersonForm } from './person_form';

/** The server takes no more of either. */
const MOST_DOCUMENTS = 5;
const MOST_PHONES = 5;
const YEARS_OF_A_CHILD = 18;

interface InputsProps {
  readonly form: PersonForm;
}

/** Everything about a person that the desk types: what it asks first, and the rest below. */
export function PersonInputs({ form }: InputsProps) {
  return (
    <>
      <Names form={form} />
      <Birth form={form} />
      <Documents form={form} />
      <Reaching form={form} />
      <Further form={form} />
    </>
  );
}

function Names({ form }: InputsProps) {
  const { t } = useTranslation();
  // In Brazil surnames are one field; who came with a second one keeps it.
  const brazilian = currentCountry() === 'BR';
  return (
    <div className="columns-3">
      <TextInput label={t('register.given')} withAsterisk {...form.getInputProps('given')} />
      <TextInput
        label={t(brazilian ? 'register.surname' : 'register.family')}
        withAsterisk
        {...form.getInputProps('family')}
      />
      {(!brazilian || form.values.secondFamily !== '') && (
        <TextInput label={t('register.secondFamily')} {...form.getInputProps('secondFamily')} />
      )}
      <TextInput label={t('register.socialName')} {...form.getInputProps('socialName')} />
      {brazilian && <TextInput label={t('register.motherName')} {...form.getInputProps('motherName')} />}
    </div>
  );
}

function Birth({ form }: InputsProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className="columns-3">
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
    </>
  );
}

function Documents({ form }: InputsProps) {
  const { t } = useTranslation();
  const { documents } = form.values;
  const offered = [...new Set([...documentsOffered(), ...documents.map(({ kind }) => kind)])];
  return (
    <Stack gap="xs" align="flex-start">
      {documents.map((_, row) => (
        <Group key={row} gap="xs" align="flex-start" w="100%" maw={520}>
          <Select
            label={row === 0 ? t('register.documentType') : t('register.documentTypeOf', { number: row + 1 })}
            allowDeselect={false}
            data={offered.map((each) => {
              const [country = '', type = ''] = each.split(' ');
              return { value: each, label: documentName(country, type, t) };
            })}
            w={190}
            {...form.getInputProps(`documents.${row}.kind`)}
          />
          <TextInput
            label={row === 0 ? t('register.documentNumber') : t('register.documentNumberOf', { number: row + 1 })}
            style={{ flex: '1 1 12rem' }}
            {...form.getInputProps(`documents.${row}.number`)}
            onBlur={() => form.validateField(`documents.${row}.number`)}
          />
          {row > 0 && (
            <CloseButton
              mt={26}
              aria-label={t('register.removeDocument', { number: row + 1 })}
              onClick={() => form.removeListItem('documents', row)}
            />
          )}
        </Group>
      ))}
      {documents.length < MOST_DOCUMENTS && (
        <Button size="xs" variant="default" onClick={() => form.insertListItem('documents', blankDocument())}>
          {t('register.addDocument')}
        </Button>
      )}
    </Stack>
  );
}

function Reaching({ form }: InputsProps) {
  const { t } = useTranslation();
  const { phones } = form.values;
  return (
    <div className="columns-2">
      <Stack gap="xs" align="flex-start">
        {phones.map((_, row) => (
          <Group key={row} wrap="nowrap" align="flex-start" w="100%">
            <TextInput
              type="tel"
              label={row === 0 ? t('register.phone') : t('register.phoneOf', { number: row + 1 })}
              style={{ flex: 1 }}
              {...form.getInputProps(`phones.${row}`)}
            />
            {row > 0 && (
              <CloseButton
                mt={26}
                aria-label={t('register.removePhone', { number: row + 1 })}
                onClick={() => form.removeListItem('phones', row)}
              />
            )}
          </Group>
        ))}
        {phones.length < MOST_PHONES && (
          <Button size="xs" variant="default" onClick={() => form.insertListItem('phones', '')}>
            {t('register.addPhone')}
          </Button>
        )}
      </Stack>
      <TextInput type="email" label={t('register.email')} {...form.getInputProps('email')} />
    </div>
  );
}

const PARTS = ['address', 'guardian', 'emergency', 'insurance', 'mother'] as const;

/** What is asked where there is time; a child's guardian is asked for at once. */
function Further({ form }: InputsProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string[]>();
  const { address, insurance, guardian, emergency, motherName, birthDate } = form.values;
  const filled = {
    address: Object.values(address).some(Boolean),
    guardian: guardian.name !== '' || isChild(birthDate),
    emergency: emergency.name !== '',
    insurance: insurance.insurer !== '',
    mother: motherName !== '',
  };
  const faulty = PARTS.filter((part) => Object.keys(form.errors).some((field) => field.startsWith(`${part}.`)));
  const open = [...new Set([...(chosen ?? PARTS.filter((part) => filled[part])), ...faulty])];
  return (
    <Accordion multiple variant="separated" value={open} onChange={setChosen}>
      <Part name="guardian" title={t('register.guardian')}>
        <Contact form={form} of="guardian" />
      </Part>
      <Part name="emergency" title={t('register.emergency')}>
        <Contact form={form} of="emergency" />
      </Part>
      <Part name="address" title={t('register.address')}>
        <Stack gap="xs">
          <Textarea
            autosize
            minRows={1}
            maxRows={4}
            label={t('register.street')}
            {...form.getInputProps('address.line')}
          />
          <div className="columns-2">
            <TextInput label={t('register.district')} {...form.getInputProps('address.district')} />
            <TextInput label={t('register.city')} {...form.getInputProps('address.city')} />
            <TextInput label={t('register.region')} {...form.getInputProps('address.region')} />
            <TextInput label={t('register.postalCode')} {...form.getInputProps('address.postalCode')} />
          </div>
        </Stack>
      </Part>
      <Part name="insurance" title={t('register.insurance')}>
        <div className="columns-3">
          <TextInput label={t('register.insurer')} {...form.getInputProps('insurance.insurer')} />
          <TextInput label={t('register.contract')} {...form.getInputProps('insurance.contract')} />
          <DateField label={t('register.validUntil')} {...form.getInputProps('insurance.validUntil')} />
        </div>
      </Part>
      {currentCountry() !== 'BR' && (
        <Part name="mother" title={t('register.motherName')}>
          <TextInput label={t('register.motherName')} {...form.getInputProps('motherName')} />
        </Part>
      )}
    </Accordion>
  );
}

interface PartProps {
  readonly name: (typeof PARTS)[number];
  readonly title: string;
  readonly children: ReactNode;
}

function Part({ name, title, children }: PartProps) {
  return (
    <Accordion.Item value={name}>
      <Accordion.Control>{title}</Accordion.Control>
      <Accordion.Panel>{children}</Accordion.Panel>
    </Accordion.Item>
  );
}

function Contact({ form, of }: InputsProps & { readonly of: 'guardian' | 'emergency' }) {
  const { t } = useTranslation();
  return (
    <div className="columns-3">
      <TextInput label={t('register.contactName')} {...form.getInputProps(`${of}.name`)} />
      <TextInput label={t('register.relationship')} {...form.getInputProps(`${of}.relationship`)} />
      <TextInput type="tel" label={t('register.contactPhone')} {...form.getInputProps(`${of}.phone`)} />
    </div>
  );
}

function isChild(birthDate: string): boolean {
  return isDay(birthDate) && dayjs().diff(birthDate, 'year') < YEARS_OF_A_CHILD;
}

/** How old somebody born then is; nothing for what is no date or lies ahead. */
function ageInWords(birthDate: string, t: TFunction): string {
  if (isPartial(birthDate)) return ageText({ ...birthOf(birthDate), birth_date_estimated: true }, t);
  return isDay(birthDate) ? ageText({ birth_date: birthDate }, t) : '';
}
