import { Alert, Button, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../../common/problem';
import { useRefresh } from '../../data/chart/chart';
import { type Diagnosis, type Entry, readVersions, recordEntry, reviseEntry } from '../../data/chart/entries';
import { useFormTitles } from '../../data/chart/forms';
import { useOnce } from '../../kit/once';
import { day } from '../../language/format';
import { explain, explainField } from '../../language/refusals';
import classes from '../base/chart.module.css';
import { FieldInput } from './field';
import type { Field, Kind } from './model';
import { changes } from './shown';
import { bodyOf, formValues, type FormValues } from './values';

const LONGEST_NAME = 200;
/** Inputs that take the whole width. */
const WIDE: ReadonlySet<Field['input']> = new Set([
  'text',
  'diagnoses',
  'codes',
  'allergyCodes',
  'medicineCodes',
  'sensitivity',
  'consentForm',
]);

interface EntryFormProps {
  readonly patientId: string;
  readonly kind: Kind;
  /** The version that is revised; without it a new entry is recorded. */
  readonly entry?: Entry;
  /** The encounter in which a new entry is recorded. */
  readonly encounterId?: string;
  /** Fields that begin with something else than nothing. */
  readonly initial?: FormValues;
  readonly onDone: () => void;
}

/** Records or revises an entry; what somebody else saved meanwhile is shown, never overwritten unseen. */
export function EntryForm({ patientId, kind, entry, encounterId, initial, onDone }: EntryFormProps) {
  const { t } = useTranslation();
  const refresh = useRefresh(patientId);
  const once = useOnce();
  const [present, setPresent] = useState(entry);
  const [clash, setClash] = useState<Entry>();
  const form = useForm<FormValues>({
    initialValues: { ...formValues(kind, entry), ...initial },
    validate: Object.fromEntries(
      kind.fields
        .filter((f) => f.required)
        .map((f) => [f.name, (value: unknown) => (isEmpty(value) ? t('common.required') : null)]),
    ),
  });
  const saving = useMutation({
    mutationFn: ({ values, confirmed }: { readonly values: FormValues; readonly confirmed: Confirmed }) => {
      const asked = { ...kind, fields: kind.fields.filter((field) => applies(field, values)) };
      const plain = bodyOf(asked, values, present?.encounter ?? encounterId ?? null);
      const body = { ...plain, ...confirmed };
      return present ? reviseEntry(kind.name, present, body) : recordEntry(patientId, kind.name, body, once(body));
    },
    onSuccess: async () => {
      await refresh();
      onDone();
    },
    onError: async (error) => {
      if (!(error instanceof Problem)) return;
      form.setErrors(fieldErrors(error, kind.fields, t));
      if (error.status === 412 && present) setClash((await readVersions(kind.name, present)).at(-1));
    },
  });
  /** A code that is chosen names the entry, unless it has a name already. */
  const inputOf = (field: Field) => {
    const input = form.getInputProps(field.name);
    if (field.input !== 'diagnoses') return input;
    const change = input.onChange as (chosen: readonly Diagnosis[]) => void; // any of the library's
    const onChange = (chosen: readonly Diagnosis[]) => {
      change(chosen);
      if (isEmpty(form.values['text'])) form.setFieldValue('text', titleOf(chosen));
    };
    return { ...input, onChange };
  };
  return (
    <form onSubmit={form.onSubmit((values) => saving.mutate({ values, confirmed: {} }))}>
      <Stack>
        <div className={classes.fields}>
          {kind.fields
            .filter((field) => applies(field, form.values))
            .map((field, index) => (
              <div key={field.name} data-wide={field.name === 'text' || WIDE.has(field.input) || undefined}>
                <FieldInput
                  field={field}
                  first={index === 0}
                  input={inputOf(field)}
                  onName={(name) => {
                    if (isEmpty(form.values['text'])) form.setFieldValue('text', name);
                  }}
                />
              </div>
            ))}
        </div>
        {clash && (
          <Clash
            kind={kind}
            theirs={clash}
            mine={form.values}
            onAgree={() => {
              setPresent(clash);
              setClash(undefined);
              saving.reset();
            }}
          />
        )}
        <div role="alert">
          {saving.isError &&
            !clash &&
            (isQuestion(saving.error) ? (
              <Question
                error={saving.error}
                onConfirm={(answer) =>
                  saving.mutate({ values: form.values, confirmed: { ...saving.variables.confirmed, ...answer } })
                }
              />
            ) : (
              <Alert color="red">{explain(saving.error, t)}</Alert>
            ))}
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={saving.isPending} disabled={clash !== undefined}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What a vaccination is kept in spite of. */
interface Confirmed {
  readonly confirm_not_duplicate?: true;
  readonly confirm_objections?: true;
}

const TIMING = ['too_young', 'interval', 'live'] as const;

interface QuestionProps {
  readonly error: Problem;
  readonly onConfirm: (answer: Confirmed) => void;
}

/** A dose may be recorded already, not count, or do harm; whoever knows that it was given all the same says so. */
function Question({ error, onConfirm }: QuestionProps) {
  const { t } = useTranslation();
  const twice = error.fields.some(({ code }) => code === 'duplicate');
  const answer: Confirmed = twice ? { confirm_not_duplicate: true } : { confirm_objections: true };
  return (
    <Alert color="yellow">
      <Stack align="flex-start" gap="xs">
        {error.fields.map(({ pointer, code, params }) => {
          const timing = TIMING.find((one) => one === code);
          const from = params?.['counts_from'];
          return (
            <span key={pointer}>
              {timing
                ? t(`vaccines.question.${timing}`, { from: typeof from === 'string' ? day(from) : '' })
                : t(code === 'barred' ? 'vaccines.question.barred' : 'vaccines.twice')}
            </span>
          );
        })}
        <Button size="xs" variant="default" onClick={() => onConfirm(answer)}>
          {t(twice ? 'vaccines.twiceConfirm' : 'vaccines.objectionsConfirm')}
        </Button>
      </Stack>
    </Alert>
  );
}

interface ClashProps {
  readonly kind: Kind;
  readonly theirs: Entry;
  readonly mine: FormValues;
  readonly onAgree: () => void;
}

/** Both versions where they differ. Saving afterwards makes a newer version; theirs is kept. */
function Clash({ kind, theirs, mine, onAgree }: ClashProps) {
  const { t } = useTranslation();
  const titleOf = useFormTitles(kind.name === 'consents');
  return (
    <Alert color="yellow" title={t('lists.clashTitle')} role="alert">
      <Stack align="flex-start" gap="xs">
        {t('lists.clashBody')}
        <ul>
          {changes(kind, theirs, mine, t, titleOf).map(({ field, before, after }) => (
            <li key={field.name}>
              {t('lists.clashLine', {
                field: t(`lists.field.${field.name}`),
                theirs: before || t('lists.nothing'),
                mine: after || t('lists.nothing'),
              })}
            </li>
          ))}
        </ul>
        <Button size="xs" variant="default" onClick={onAgree}>
          {t('lists.clashSeen')}
        </Button>
      </Stack>
    </Alert>
  );
}

function titleOf(chosen: readonly Diagnosis[]): string {
  const titles = chosen[0]?.codes.map(({ title }) => title ?? '') ?? [];
  return titles.filter(Boolean).join(' / ').slice(0, LONGEST_NAME);
}

/** What was given to somebody, and what followed from it. */
const OF_GIVEN: ReadonlySet<string> = new Set([
  'primary_source',
  'dose_number',
  'lot',
  'expires_on',
  'manufacturer',
  'route',
  'body_site',
]);

/** "None known" has neither a reaction nor codes; what was not given has a reason instead of a lot. */
function applies(field: Field, values: FormValues): boolean {
  const none = values['type'] === 'none_known';
  if ('primary_source' in values) {
    const given = values['status'] !== 'not_done';
    if (field.name === 'reason') return !given;
    if (OF_GIVEN.has(field.name) || field.name === 'reaction_text') return given;
    if (field.within) return given && !isEmpty(values['reaction_text']);
  }
  return !(none && ['reaction', 'codes', 'criticality', 'onset_on', 'ended_on'].includes(field.name));
}

function isQuestion(error: Error): error is Problem {
  const codes: ReadonlySet<string> = new Set(['duplicate', 'barred', ...TIMING]);
  return error instanceof Problem && error.fields.length > 0 && error.fields.every(({ code }) => codes.has(code));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

/** Codes of faults that only entries have. */
const FAULTS = [
  'before-begin',
  'before-birth',
  'not-ended',
  'never-withheld',
  'expired',
  'was-given',
  'not-given',
  'before-dose',
  'duplicate',
  'barred',
  'too_young',
  'interval',
  'live',
] as const;

/** The field at a JSON Pointer: `/reaction/began_on` has one of its own, `/diagnoses/0` belongs to the whole. */
function nameAt(pointer: string, names: ReadonlySet<string>): string {
  const [whole = '', part = ''] = pointer.split('/').slice(1);
  return names.has(`${whole}_${part}`) ? `${whole}_${part}` : whole;
}

function fieldErrors(problem: Problem, fields: readonly Field[], t: TFunction): Record<string, string> {
  const names = new Set<string>(fields.map(({ name }) => name));
  const known = problem.fields.map((fault) => {
    const ours = FAULTS.find((code) => code === fault.code);
    return [nameAt(fault.pointer, names), ours ? t(`lists.fault.${ours}`) : explainField(fault, t)] as const;
  });
  return Object.fromEntries(known.filter(([name]) => names.has(name)));
}
