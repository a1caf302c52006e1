/** @jsxImportSource preact */
import { useClinic, useSpeech } from '../base/context';

/** Whom to turn to: the clinic's name, and its telephone as a link. Nothing where nobody said it. */
export function ClinicCard() {
  const { t } = useSpeech();
  const clinic = useClinic();
  if (!clinic) return null;
  const dialled = clinic.phone?.replace(/[^+\d]/g, '') ?? '';
  return (
    <p class="clinic">
      <strong>{clinic.name}</strong>
      {clinic.phone && dialled.length >= 3 && (
        <a class="button quiet" href={`tel:${dialled}`}>
          {t('callClinic', { phone: clinic.phone })}
        </a>
      )}
    </p>
  );
}
