import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { Refused } from '../kit/forms';
import { explain } from '../language/refusals';

const KINDS = [
  'not-priced',
  'not-covered',
  'charges-taken',
  'already-invoiced',
  'more-than-due',
  'numbers-exhausted',
  'conflict',
] as const;

/** Why the server refused, in the words of billing, or nothing. */
export function BillingRefused({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation('billing');
  const { t: common } = useTranslation();
  if (!error) return null;
  const kind = error instanceof Problem ? KINDS.find((each) => each === error.kind) : undefined;
  if (!kind || !(error instanceof Problem)) return <Refused text={explain(error, common)} />;
  const told = (name: string) => {
    const value = error.extra[name];
    return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '';
  };
  return <Refused text={t(`refused.${kind}`, { codes: told('codes'), due: told('due') })} />;
}
