import { useTranslation } from 'react-i18next';
import { Refused } from '../kit/forms';
import { refusal } from './refusals';

/** Why the server refused, in the words of the pharmacy, or nothing. */
export function PharmacyRefused({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation('pharmacy');
  const { t: common } = useTranslation();
  return <Refused text={error ? refusal(error, t, common) : undefined} />;
}
