import { describe, expect, test } from 'vitest';
import { answersOf, isEnabled, missing, responseItems, type Answers, type Item } from './questionnaire';

const YES = { valueBoolean: true };
const items: readonly Item[] = [
  { linkId: 'intro', type: 'display', text: 'Read this' },
  {
    linkId: 'history',
    type: 'group',
    item: [
      { linkId: 'allergy', type: 'boolean', required: true },
      {
        linkId: 'allergy-to',
        type: 'text',
        required: true,
        enableWhen: [{ question: 'allergy', operator: '=', answerBoolean: true }],
      },
    ],
  },
  { linkId: 'cigarettes', type: 'integer' },
];

describe('a questionnaire', () => {
  test('asks a question only while its condition holds', () => {
    expect(missing(items, {})).toEqual(['allergy']);
    expect(missing(items, { allergy: [YES] })).toEqual(['allergy-to']);
    expect(missing(items, { allergy: [{ valueBoolean: false }] })).toEqual([]);
  });

  test('leaves out what no longer applies, which the server would refuse', () => {
    const answers: Answers = { allergy: [{ valueBoolean: false }], 'allergy-to': [{ valueString: 'x' }] };
    expect(responseItems(items, answers)).toEqual([
      { linkId: 'history', item: [{ linkId: 'allergy', answer: [{ valueBoolean: false }] }] },
    ]);
  });

  test('goes on with a draft as it was kept', () => {
    const answers: Answers = {
      allergy: [YES],
      'allergy-to': [{ valueString: 'x' }],
      cigarettes: [{ valueInteger: 3 }],
    };
    expect(answersOf(responseItems(items, answers))).toEqual(answers);
  });

  const coding = { system: 's', code: 'a' };
  test.each([
    [{ question: 'q', operator: '=', answerCoding: coding }, [{ valueCoding: coding }], true],
    [{ question: 'q', operator: '=', answerCoding: coding }, [{ valueCoding: { system: 'other', code: 'a' } }], false],
    [{ question: 'q', operator: '!=', answerCoding: coding }, [{ valueCoding: { system: 's', code: 'b' } }], true],
    [{ question: 'q', operator: '!=', answerCoding: coding }, [], false],
    [{ question: 'q', operator: 'exists', answerBoolean: false }, [], true],
    [{ question: 'q', operator: '>=', answerInteger: 3 }, [{ valueDecimal: 3 }], true],
    [{ question: 'q', operator: '<', answerInteger: 3 }, [{ valueInteger: 3 }], false],
  ] as const)('follows FHIR in %j for %j', (condition, given, wanted) => {
    const item: Item = { linkId: 'x', type: 'string', enableWhen: [condition] };
    expect(isEnabled(item, { q: given })).toBe(wanted);
  });

  test('needs all conditions unless any is enough', () => {
    const enableWhen = [
      { question: 'a', operator: 'exists', answerBoolean: true },
      { question: 'b', operator: 'exists', answerBoolean: true },
    ] as const;
    expect(isEnabled({ linkId: 'x', type: 'string', enableWhen }, { a: [YES] })).toBe(false);
    expect(isEnabled({ linkId: 'x', type: 'string', enableWhen, enableBehavior: 'any' }, { a: [YES] })).toBe(true);
  });
});
