import { Checkbox, Radio, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isEnabled, type Answer, type Answers, type Coding, type Item } from '../../data/chart/questionnaire';
import { DateField } from '../../kit/date_field';
import { DecimalField } from '../../kit/decimal_field';

interface QuestionsProps {
  readonly items: readonly Item[];
  readonly answers: Answers;
  /** Questions without the answer that they need; marked once somebody tried to finish. */
  readonly missing: readonly string[];
  readonly onAnswer: (linkId: string, answers: readonly Answer[]) => void;
}

/** Every question that applies, by its type; groups are headed, displays are text. */
export function Questions({ items, ...rest }: QuestionsProps) {
  return (
    <>
      {items
        .filter((item) => isEnabled(item, rest.answers))
        .map((item) => (
          <Question key={item.linkId} item={item} {...rest} />
        ))}
    </>
  );
}

function Question({ item, ...rest }: Omit<QuestionsProps, 'items'> & { readonly item: Item }) {
  const { t } = useTranslation();
  if (item.type === 'group') {
    return (
      <Stack component="section" aria-label={item.text ?? item.linkId}>
        <Title order={3} size="h5">
          {item.text}
        </Title>
        <Questions items={item.item ?? []} {...rest} />
      </Stack>
    );
  }
  if (item.type === 'display') return <Text>{item.text}</Text>;
  const field = {
    label: item.text ?? item.linkId,
    withAsterisk: item.required === true,
    error: rest.missing.includes(item.linkId) && t('common.required'),
    'data-link-id': item.linkId,
  };
  const given = rest.answers[item.linkId] ?? [];
  const answer = (next: readonly Answer[]) => rest.onAnswer(item.linkId, next);
  return <Control item={item} field={field} given={given} onAnswer={answer} />;
}

interface ControlProps {
  readonly item: Item;
  readonly field: { readonly label: string; readonly withAsterisk: boolean; readonly error: string | false };
  readonly given: readonly Answer[];
  readonly onAnswer: (answers: readonly Answer[]) => void;
}

function Control({ item, field, given, onAnswer }: ControlProps) {
  const { t } = useTranslation();
  const first = given[0];
  const text = (value: string): readonly Answer[] => (value === '' ? [] : [{ valueString: value }]);
  switch (item.type) {
    case 'choice':
      return <Choice item={item} field={field} given={given} onAnswer={onAnswer} />;
    case 'boolean':
      return (
        <Radio.Group
          {...field}
          value={first?.valueBoolean === undefined ? '' : String(first.valueBoolean)}
          onChange={(value) => onAnswer([{ valueBoolean: value === 'true' }])}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="true" label={t('forms.yes')} />
            <Radio value="false" label={t('forms.no')} />
          </Stack>
        </Radio.Group>
      );
    case 'integer':
    case 'decimal':
      return <Figure item={item} field={field} given={given} onAnswer={onAnswer} />;
    case 'date':
      return (
        <DateField
          {...field}
          w={220}
          value={first?.valueDate ?? ''}
          onChange={(value) => onAnswer(value === '' ? [] : [{ valueDate: value }])}
        />
      );
    case 'text':
      return (
        <Textarea
          {...field}
          autosize
          minRows={2}
          maxLength={item.maxLength ?? 4000}
          value={first?.valueString ?? ''}
          onChange={(event) => onAnswer(text(event.currentTarget.value))}
        />
      );
    default:
      return (
        <TextInput
          {...field}
          maxLength={item.maxLength ?? 4000}
          value={first?.valueString ?? ''}
          onChange={(event) => onAnswer(text(event.currentTarget.value))}
        />
      );
  }
}

function Figure({ item, field, given, onAnswer }: ControlProps) {
  const whole = item.type === 'integer';
  const value = whole ? given[0]?.valueInteger : given[0]?.valueDecimal;
  return (
    <DecimalField
      {...field}
      w={220}
      value={value}
      whole={whole}
      onChange={(next) => onAnswer(next === undefined ? [] : [whole ? { valueInteger: next } : { valueDecimal: next }])}
    />
  );
}

function Choice({ item, field, given, onAnswer }: ControlProps) {
  const options = (item.answerOption ?? []).map(({ valueCoding }) => valueCoding);
  const chosen = given.flatMap(({ valueCoding }) => (valueCoding ? [keyOf(valueCoding)] : []));
  const pick = (keys: readonly string[]) =>
    onAnswer(
      options.filter((option) => keys.includes(keyOf(option))).map((option) => ({ valueCoding: plain(option) })),
    );
  if (item.repeats === true) {
    return (
      <Checkbox.Group {...field} value={chosen} onChange={pick}>
        <Stack gap="xs" mt="xs">
          {options.map((option) => (
            <Checkbox key={keyOf(option)} value={keyOf(option)} label={option.display ?? option.code} />
          ))}
        </Stack>
      </Checkbox.Group>
    );
  }
  return (
    <Radio.Group {...field} value={chosen[0] ?? ''} onChange={(key) => pick([key])}>
      <Stack gap="xs" mt="xs">
        {options.map((option) => (
          <Radio key={keyOf(option)} value={keyOf(option)} label={option.display ?? option.code} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function keyOf({ system, code }: Coding): string {
  return `${system ?? ''}|${code}`;
}

/** Without the extensions of the definition, such as its score. */
function plain({ system, code, display }: Coding): Coding {
  return { code, ...(system !== undefined && { system }), ...(display !== undefined && { display }) };
}
