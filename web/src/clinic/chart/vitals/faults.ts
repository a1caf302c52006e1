/** What the server refused of a set of vital signs, in the user's words and at its fields. */
import type { TFunction } from 'i18next';
import type { FieldProblem, Problem } from '../../../common/problem';
import { day } from '../../language/format';
import { explainField } from '../../language/refusals';
import { plain, symbol, UNITS, type VitalName } from '../../language/units';

/** A value that the server asks about before it keeps it. */
export interface Question {
  readonly vital: VitalName;
  /** What may have been meant, in the stored unit. */
  readonly meant: number | undefined;
}

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

/** The values that only somebody's word makes acceptable. */
export function questionsOf(problem: Problem): readonly Question[] {
  return problem.fields
    .filter(({ code }) => code === 'doubtful')
    .map(({ pointer, params }) => ({
      vital: pointer.split('/')[2] as VitalName,
      meant: typeof params?.meant === 'number' ? params.meant : undefined,
    }));
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
    case 'doubtful':
      return doubt(fault, t);
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

function doubt({ pointer, params }: FieldProblem, t: TFunction): string {
  const { reason, last, last_at: at, times } = params ?? {};
  if (reason !== 'last' || typeof last !== 'number' || typeof times !== 'number') return t('vitals.doubt.unusual');
  const unit = UNITS[pointer.split('/')[2] as VitalName][0];
  const before = { last: `${plain(last)} ${symbol(unit)}`, day: day(String(at).slice(0, 10)) };
  return times >= 1
    ? t('vitals.doubt.more', { ...before, times: plain(times) })
    : t('vitals.doubt.less', { ...before, times: plain(1 / Math.max(times, 0.01)) });
}
