import { useTranslation } from 'react-i18next';
import { Problem } from '../../common/problem';
import { Refused } from '../kit/forms';
import { explain } from '../language/refusals';

const KINDS = [
  'ward-not-settled',
  'ward-closed',
  'not-on-ward',
  'lot-unusable',
  'not-dispensable',
  'conflict',
] as const;

/** Why the server refused, in the words of the ward, or nothing. */
export function WardRefused({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation('hospital');
  const { t: common } = useTranslation();
  if (!error) return null;
  const kind = error instanceof Problem ? KINDS.find((each) => each === error.kind) : undefined;
  if (!kind || !(error instanceof Problem)) return <Refused text={explain(error, common)} />;
  const told = (name: string) => {
    const value = error.extra[name];
    return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '';
  };
  return <Refused text={t(`refused.${kind}`, { items: told('items'), left: told('left') })} />;
}
