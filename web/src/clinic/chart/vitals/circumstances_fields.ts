/** The form of what changes the meaning of measurements, and the request that is made of it. */
import dayjs from 'dayjs';
import { uuid7 } from '../../../common/uuid';
import type { Circumstances, CircumstancesBody, Pregnancy } from '../../data/chart/vitals';

export const DATED_BY = ['menstruation', 'ultrasound', 'conception', 'examination'] as const;
export const OUTCOMES = ['birth', 'stillbirth', 'miscarriage', 'abortion', 'ectopic', 'molar'] as const;
export const HISTORY = ['pregnancies', 'births', 'caesareans', 'losses', 'living', 'preterm'] as const;
/** From the last menstruation to the due date. */
const TERM_DAYS = 280;

type History = Readonly<Record<(typeof HISTORY)[number], number | string>>;

export interface CircumstancesFields {
  readonly bornWeeks: number | string;
  readonly bornDays: number | string;
  readonly scale2: boolean;
  readonly pregnant: boolean;
  readonly datedBy: (typeof DATED_BY)[number];
  readonly menstruation: string;
  readonly due: string;
  readonly fetuses: number | string;
  readonly outcome: (typeof OUTCOMES)[number] | '';
  readonly ended: string;
  readonly history: History;
}

export function pregnancyFields(known: Circumstances): CircumstancesFields {
  const now = goingOn(known);
  const history = Object.fromEntries(HISTORY.map((each) => [each, known.obstetric_history?.[each] ?? '']));
  return {
    bornWeeks: known.gestation_at_birth?.weeks ?? '',
    bornDays: known.gestation_at_birth?.days ?? '',
    scale2: known.oxygen_scale === 2,
    pregnant: now !== undefined,
    datedBy: now?.dated_by ?? 'menstruation',
    menstruation: now?.menstruation_on ?? '',
    due: now?.due_on ?? '',
    fetuses: now?.fetuses ?? 1,
    outcome: '',
    ended: '',
    history: history as History,
  };
}

/** Earlier pregnancies stay as they are. */
export function changedBody(known: Circumstances, fields: CircumstancesFields): CircumstancesBody {
  const now = goingOn(known);
  const earlier = known.pregnancies.filter((each) => each.id !== now?.id);
  const { history } = fields;
  const told = HISTORY.some((each) => history[each] !== '');
  const count = (each: keyof History) => Number(history[each] === '' ? 0 : history[each]);
  return {
    gestation_at_birth:
      fields.bornWeeks === '' ? null : { weeks: Number(fields.bornWeeks), days: Number(fields.bornDays || 0) },
    oxygen_scale: fields.scale2 ? 2 : 1,
    pregnancies: fields.pregnant ? [...earlier, pregnancyOf(fields, now?.id ?? uuid7())] : earlier,
    obstetric_history: told
      ? {
          pregnancies: count('pregnancies'),
          births: count('births'),
          caesareans: count('caesareans'),
          losses: count('losses'),
          living: count('living'),
          preterm: count('preterm'),
        }
      : null,
  };
}

function goingOn(known: Circumstances): Pregnancy | undefined {
  return known.pregnancies.find((each) => each.ended_on === null);
}

function pregnancyOf(fields: CircumstancesFields, id: string): Pregnancy {
  const byMenstruation = fields.datedBy === 'menstruation';
  const due = byMenstruation ? dayjs(fields.menstruation).add(TERM_DAYS, 'day').format('YYYY-MM-DD') : fields.due;
  return {
    id,
    due_on: due,
    dated_by: fields.datedBy,
    menstruation_on: byMenstruation ? fields.menstruation : null,
    fetuses: Number(fields.fetuses || 1),
    ended_on: fields.outcome === '' ? null : fields.ended,
    outcome: fields.outcome === '' ? null : fields.outcome,
  };
}
