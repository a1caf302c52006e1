import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { VitalsSet } from '../../data/chart/vitals';
import { dateAndTime } from '../../language/format';
import { flagOf, flagsOf } from '../../language/interpretation';
import { figures, nameOf, paired } from '../../language/measured';
import classes from '../base/chart.module.css';
import { Meaning } from '../vitals/meaning';

/** A set of vital signs as it was recorded, with what it means. */
export function Measured({ set }: { readonly set: VitalsSet }) {
  const { t } = useTranslation();
  return (
    <div>
      <Text size="sm" c="dimmed" className="numeric">
        {dateAndTime(set.measured_at)}
      </Text>
      <dl className={classes.vitals}>
        {paired(set.findings).map(({ first, second }) => {
          const flags = flagsOf(first, second);
          return (
            <div key={first.vital}>
              <dt>{nameOf(first.vital, second !== undefined, t)}</dt>
              <dd className="numeric" data-flagged={flags.length > 0 || undefined}>
                {[figures(first, second), ...flags.map((code) => flagOf(code, t))].join(' · ')}
              </dd>
            </div>
          );
        })}
      </dl>
      <Meaning set={set} />
    </div>
  );
}
