import { Checkbox } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { OVERRULE, useHasRole } from '../data/session/roles';

export interface Given {
  readonly outside_hours: boolean;
  readonly overbook: boolean;
}

const NONE: Given = { outside_hours: false, overbook: false };
/** What overrules which refusal. */
const OVERRULED: Readonly<Record<string, keyof Given>> = { 'outside-hours': 'outside_hours', 'slot-taken': 'overbook' };

interface Asked {
  /** Whether the same would only be refused again. */
  readonly blocked: boolean;
  readonly control: ReactNode;
}

/** Once a time was refused, whoever may overrule that is asked whether he means to. */
export function useOverrule(): { readonly given: Given; readonly after: (error: Error | null) => Asked } {
  const { t } = useTranslation();
  const has = useHasRole();
  const [given, setGiven] = useState(NONE);
  const after = (error: Error | null): Asked => {
    const kind = error instanceof Problem ? OVERRULED[error.kind] : undefined;
    if (kind === undefined || !has(OVERRULE)) return { blocked: false, control: null };
    const control = (
      <Checkbox
        label={t(kind === 'overbook' ? 'book.overbook' : 'book.outside')}
        checked={given[kind]}
        onChange={(event) => setGiven({ ...given, [kind]: event.currentTarget.checked })}
      />
    );
    return { blocked: !given[kind], control };
  };
  return { given, after };
}
