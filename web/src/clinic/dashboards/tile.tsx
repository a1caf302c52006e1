/** One figure with its name, and how it stands against the period before. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { number } from '../language/format';
import classes from './dashboards.module.css';
import { change } from './numbers';
import type { Tone } from './plot';

interface TileProps {
  readonly name: string;
  /** Null while it is not known. */
  readonly value: number | null | undefined;
  readonly unit?: string;
  readonly before?: number | null;
  /** Whether more is better, worse, or neither. */
  readonly more?: 'better' | 'worse';
  readonly tone?: Tone | undefined;
  /** Beside the figure. */
  readonly note?: string | undefined;
  /** Where it leads. */
  readonly to?: string;
}

export function Tile({ name, value, unit = '', before, more, tone, note, to }: TileProps) {
  const shown = value == null ? '–' : `${number(Math.round(value * 10) / 10)}${unit}`;
  const inside = (
    <>
      <span className={classes.tileName}>{name}</span>
      <span className={`${classes.value} numeric`}>{shown}</span>
      {before !== undefined && <Against now={value ?? null} before={before} unit={unit} more={more} />}
      {note !== undefined && <span className={classes.against}>{note}</span>}
    </>
  );
  if (to !== undefined)
    return (
      <Link to={to} className={classes.tile} data-tone={tone}>
        {inside}
      </Link>
    );
  return (
    <div className={classes.tile} data-tone={tone} role="group" aria-label={name}>
      {inside}
    </div>
  );
}

interface AgainstProps {
  readonly now: number | null;
  readonly before: number | null;
  readonly unit: string;
  readonly more: 'better' | 'worse' | undefined;
}

/** The difference in words and signs: colour alone says nothing. */
function Against({ now, before, unit, more }: AgainstProps) {
  const { t } = useTranslation('dashboards');
  const by = change(now, before);
  if (by === null || before === null) return <span className={classes.against}>{t('tile.noBefore')}</span>;
  const better = by === 0 || more === undefined ? undefined : by > 0 === (more === 'better');
  const words = `${by > 0 ? '▲ +' : by < 0 ? '▼ −' : '= '}${number(Math.abs(by))}${unit}`;
  return (
    <span className={classes.against} data-better={better}>
      {t('tile.against', { change: words, before: `${number(Math.round(before * 10) / 10)}${unit}` })}
    </span>
  );
}
