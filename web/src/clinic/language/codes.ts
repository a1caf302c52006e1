/** Codes of entries in words; a code stays in sight only where clinicians know its system. */
import { allergyGroupName } from './allergy_groups';
import { currentLanguage } from './i18n';
import { substanceName } from './substances';

const SYSTEMS: Readonly<Record<string, string>> = { atc: 'ATC', cie11: 'CIE-11', snomed: 'SNOMED CT' };
const SYSTEMS_ENGLISH: Readonly<Record<string, string>> = { cie11: 'ICD-11' };

/** `substance:amoxicillin` is amoxicilina, `atc:J01CA04` is ATC J01CA04; a code without a system is itself. */
export function codeText(code: string): string {
  const [system = '', value] = code.split(':', 2);
  if (value === undefined) return code;
  const language = currentLanguage();
  if (system === 'group') return allergyGroupName(value, language);
  if (system === 'substance') return substanceName(value, language);
  const name = (language === 'en' ? SYSTEMS_ENGLISH[system] : undefined) ?? SYSTEMS[system] ?? system;
  return `${name} ${value}`;
}

export function codesText(codes: readonly string[]): string {
  return codes.map(codeText).join(', ');
}
