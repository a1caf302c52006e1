import { useTranslation } from 'react-i18next';
import type { Encounter } from '../../data/notes/notes';
import { Tag } from '../../kit/tag';
import { dateAndTime } from '../../language/format';

/** When the author signed; undefined while nobody has. */
export function signedAt({ signatures }: Pick<Encounter, 'signatures'>): string | undefined {
  return signatures.find(({ role }) => role === 'author')?.at;
}

/** Says that something was recorded or changed after the author's signature, which does not cover it. */
export function Late({ at, signed }: { readonly at: string; readonly signed: string | undefined }) {
  const { t } = useTranslation();
  if (signed === undefined || Date.parse(at) <= Date.parse(signed)) return null;
  return (
    <Tag tone="warn" wrap>
      {t('visit.late', { at: dateAndTime(at) })}
    </Tag>
  );
}
