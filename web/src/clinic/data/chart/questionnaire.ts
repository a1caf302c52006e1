/**
 * The part of FHIR R4's Questionnaire and QuestionnaireResponse that our forms use, and its rules:
 * which questions apply, and how answers become a response. The server checks all of it again.
 */
export interface Coding {
  readonly system?: string;
  readonly code: string;
  readonly display?: string;
}

export interface Answer {
  readonly valueCoding?: Coding;
  readonly valueBoolean?: boolean;
  readonly valueInteger?: number;
  readonly valueDecimal?: number;
  readonly valueDate?: string;
  readonly valueString?: string;
}

interface EnableWhen {
  readonly question: string;
  readonly operator: 'exists' | '=' | '!=' | '>' | '<' | '>=' | '<=';
  readonly answerBoolean?: boolean;
  readonly answerInteger?: number;
  readonly answerDecimal?: number;
  readonly answerCoding?: Coding;
}

export interface Item {
  readonly linkId: string;
  readonly type: 'group' | 'display' | 'boolean' | 'decimal' | 'integer' | 'date' | 'string' | 'text' | 'choice';
  readonly text?: string;
  readonly required?: boolean;
  readonly repeats?: boolean;
  readonly maxLength?: number;
  readonly enableWhen?: readonly EnableWhen[];
  readonly enableBehavior?: 'all' | 'any';
  readonly answerOption?: readonly { readonly valueCoding: Coding }[];
  readonly item?: readonly Item[];
}

export interface Questionnaire {
  readonly url: string;
  readonly version: string;
  readonly title: string;
  readonly copyright?: string;
  readonly item: readonly Item[];
}

export interface ResponseItem {
  readonly linkId: string;
  readonly text?: string;
  readonly answer?: readonly Answer[];
  readonly item?: readonly ResponseItem[];
}

export interface QuestionnaireResponse {
  readonly resourceType: 'QuestionnaireResponse';
  readonly questionnaire: string;
  readonly status: 'in-progress' | 'completed';
  readonly item: readonly ResponseItem[];
}

/** Answers by the linkId of their question. */
export type Answers = Readonly<Record<string, readonly Answer[]>>;

/** The server names FHIR resources as any JSON; these are the shapes that it answers. */
export function asQuestionnaire(json: unknown): Questionnaire {
  return json as Questionnaire;
}

export function asResponse(json: unknown): QuestionnaireResponse {
  return json as QuestionnaireResponse;
}

/** Whether an item's conditions hold (FHIR R4 `enableWhen`; a comparison without an answer is false). */
export function isEnabled(item: Item, answers: Answers): boolean {
  const conditions = item.enableWhen ?? [];
  if (conditions.length === 0) return true;
  const met = conditions.map((condition) => holds(condition, answers[condition.question] ?? []));
  return item.enableBehavior === 'any' ? met.some(Boolean) : met.every(Boolean);
}

function holds(condition: EnableWhen, given: readonly Answer[]): boolean {
  if (condition.operator === 'exists') return given.length > 0 === condition.answerBoolean;
  if (given.length === 0) return false;
  if (condition.operator === '=') return given.some((answer) => same(answer, condition));
  if (condition.operator === '!=') return !given.some((answer) => same(answer, condition));
  const wanted = condition.answerInteger ?? condition.answerDecimal;
  return given.some((answer) => {
    const value = answer.valueInteger ?? answer.valueDecimal;
    return value !== undefined && wanted !== undefined && compare(value, condition.operator, wanted);
  });
}

function compare(value: number, operator: EnableWhen['operator'], wanted: number): boolean {
  if (operator === '>') return value > wanted;
  if (operator === '<') return value < wanted;
  return operator === '>=' ? value >= wanted : value <= wanted;
}

function same(answer: Answer, condition: EnableWhen): boolean {
  const { answerCoding: coding } = condition;
  if (coding) return answer.valueCoding?.code === coding.code && answer.valueCoding.system === coding.system;
  if (condition.answerBoolean !== undefined) return answer.valueBoolean === condition.answerBoolean;
  return (answer.valueInteger ?? answer.valueDecimal) === (condition.answerInteger ?? condition.answerDecimal);
}

/** The questions that apply and need an answer, and have none. */
export function missing(items: readonly Item[], answers: Answers): readonly string[] {
  return items
    .filter((item) => isEnabled(item, answers))
    .flatMap((item) => {
      if (item.type === 'group') return missing(item.item ?? [], answers);
      return item.required === true && (answers[item.linkId] ?? []).length === 0 ? [item.linkId] : [];
    });
}

/** The response as FHIR nests it, without what is empty or does not apply. */
export function responseItems(items: readonly Item[], answers: Answers): readonly ResponseItem[] {
  return items
    .filter((item) => isEnabled(item, answers))
    .flatMap((item): readonly ResponseItem[] => {
      if (item.type === 'group') {
        const inner = responseItems(item.item ?? [], answers);
        return inner.length > 0 ? [{ linkId: item.linkId, item: inner }] : [];
      }
      const answer = answers[item.linkId] ?? [];
      return answer.length > 0 ? [{ linkId: item.linkId, answer }] : [];
    });
}

/** The answers of a response, to go on with a draft or to show a filled form. */
export function answersOf(items: readonly ResponseItem[]): Answers {
  return Object.fromEntries(flat(items).map((item) => [item.linkId, item.answer ?? []]));
}

function flat(items: readonly ResponseItem[]): readonly ResponseItem[] {
  return items.flatMap((item) => [...(item.answer ? [item] : []), ...flat(item.item ?? [])]);
}
