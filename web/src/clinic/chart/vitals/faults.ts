/** What the server refused of a set of vital signs, in the user's words and at its fields. */
import type { TFunction } from 'i18next';
import type { FieldProblem, Problem } from '../../../common/problem';
import { explainField } from '../../language/refusals';
import { plain, symbol, type VitalName } from '../../language/units';

/** Texts by field; a field without one is in order. */
export type Faults = Readonly<Partial<Record<VitalName | 'measured_at', string | undefined>>>;

/** `/values/weight` belongs to the weight. */
export function faultsOf(problem: Problem, t: TFunction): Faults {
  const texts = problem.fields.map((fault): [string, string] => {
    const [, first = '', second] = fault.pointer.split('/');
    return [first === 'values' && second !== undefined ? second : first, textOf(fault, t)];
  });
  return Object.fromEntries(texts);
}

export function faulted(faults: Faults): boolean {
  return Object.values(faults).some((fault) => fault !== undefined);
}

function textOf(fault: FieldProblem, t: TFunction): string {
  const { low, high, unit } = fault.params ?? {};
  switch (fault.code) {
    case 'unit-confused':
      return t('vitals.refused.unit', { unit: symbol(String(unit)) });
    case 'impossible':
      return t('vitals.refused.impossible', {
        range: `${plain(Number(low))}–${plain(Number(high))} ${symbol(String(unit))}`,
      });
    case 'above-systolic':
      return t('vitals.refused.swapped');
    case 'mismatch':
      return t('vitals.refused.mismatch');
    case 'in-future':
      return t('vitals.refused.future');
    case 'before-birth':
      return t('vitals.refused.beforeBirth');
    default:
      return explainField(fault, t);
  }
}
