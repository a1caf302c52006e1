import { useTranslation } from 'react-i18next';
import type { Summary } from '../../data/chart/chart';
import { useVitals, type VitalsSet } from '../../data/chart/vitals';
import { dateAndTime, dateOf } from '../../language/format';
import { flagOf, flagsOf } from '../../language/interpretation';
import { figures, nameOf, paired } from '../../language/measured';
import type { VitalName } from '../../language/units';
import { Nothing } from './cards';
import { courseOf, lineOf } from './course';
import classes from './summary.module.css';

interface LastVitalsProps {
  readonly patientId: string;
  readonly vitals: Summary['vitals'];
}

/** The last value of each, with the line of those before it; measured together, the moment is said once. */
export function LastVitals({ patientId, vitals }: LastVitalsProps) {
  const { t } = useTranslation();
  const sets = useVitals(patientId).data ?? [];
  if (vitals.length === 0) return <Nothing>{t('chart.noVitals')}</Nothing>;
  const shown = vitals.map((last) => ({ ...last, ...last.finding }));
  const newest = shown.map((one) => one.measured_at).reduce((a, b) => (a > b ? a : b));
  return (
    <>
      <p className={classes.facts}>{dateAndTime(newest)}</p>
      <dl className={classes.vitals}>
        {paired(shown).map(({ first, second }) => {
          const together = second?.set === first.set ? second : undefined;
          return [
            <Row key={first.vital} sets={sets} newest={newest} first={first} {...(together && { second: together })} />,
            second && !together && <Row key={second.vital} sets={sets} newest={newest} first={second} />,
          ];
        })}
      </dl>
    </>
  );
}

type Shown = Summary['vitals'][number]['finding'] & { readonly measured_at: string; readonly vital: VitalName };

interface RowProps {
  readonly sets: readonly VitalsSet[];
  readonly newest: string;
  readonly first: Shown;
  readonly second?: Shown;
}

function Row({ sets, newest, first, second }: RowProps) {
  const { t } = useTranslation();
  const flags = flagsOf(first, second);
  return (
    <div>
      <dt>{nameOf(first.vital, second !== undefined, t)}</dt>
      <dd className="numeric" data-flagged={flags.length > 0 || undefined}>
        <span>
          {[figures(first, second), ...flags.map((code) => flagOf(code, t))].join(' · ')}
          {first.measured_at !== newest && <span className={classes.facts}> {dateOf(first.measured_at)}</span>}
        </span>
        <Course values={courseOf(sets, first.vital)} />
      </dd>
    </div>
  );
}

const WIDTH = 64;
const HEIGHT = 18;

/** The shape alone: the figures stand in the section of vital signs, for who cannot see it as well. */
function Course({ values }: { readonly values: readonly number[] }) {
  if (values.length < 2) return null;
  return (
    <svg className={classes.course} width={WIDTH} height={HEIGHT} aria-hidden>
      <polyline points={lineOf(values, WIDTH, HEIGHT)} />
    </svg>
  );
}
