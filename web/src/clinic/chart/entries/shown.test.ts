import { expect, test } from 'vitest';
import i18n, { chooseLanguage } from '../../language/i18n';
import { recorded } from './made_problem';
import { KINDS, type Values } from './model';
import { changes, shown } from './shown';

test('versions are compared in the words of the reader', async () => {
  await chooseLanguage('pt');
  const before: Values = recorded;
  const after: Values = { ...recorded, status: 'resolved', ended_on: '2026-01-05' };
  const found = changes(KINDS.problems, before, after, i18n.t).map(({ field, before: was, after: is }) => [
    field.name,
    was,
    is,
  ]);
  expect(found).toEqual([
    ['status', 'Crônico', 'Resolvido'],
    ['ended_on', '', '5 de jan. de 2026'],
  ]);
});

test('what was entered in error says so, whatever marks it', async () => {
  await chooseLanguage('en');
  for (const kind of Object.values(KINDS)) {
    const field = kind.fields.find(({ name }) => name === kind.voidBy);
    if (field) expect(shown(field, { [kind.voidBy]: 'entered_in_error' }, i18n.t)).toBe('Voided');
  }
});
