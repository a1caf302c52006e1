import { expect, test } from 'vitest';
import { fieldsOf } from './fields';

test('the head and the arm of a small child are asked for at every visit', () => {
  expect(fieldsOf(22, false).usual).toContain('head_circumference');
  expect(fieldsOf(22, false).usual).toContain('arm_circumference');
  expect(fieldsOf(4, false).usual).not.toContain('arm_circumference');
  expect(fieldsOf(400, false).usual).not.toContain('head_circumference');
});

test('in a pregnancy the womb and the fetal heart are asked for', () => {
  expect(fieldsOf(340, true).usual).toEqual(expect.arrayContaining(['fundal_height', 'fetal_heart_rate']));
  expect(fieldsOf(340, false).rare).toEqual(expect.arrayContaining(['fundal_height', 'fetal_heart_rate']));
});
