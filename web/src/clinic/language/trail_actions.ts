/** Actions of the audit trail of records in words. */
import type { TFunction } from 'i18next';
import type { Texts } from './parts';

type Known = keyof Texts['trail'];

const KNOWN = [
  'register',
  'update',
  'read',
  'merge',
  'list_merged',
  'unmerge',
  'read_summary',
  'read_immunization_plan',
  'read_timeline',
  'list_encounters',
  'read_encounter',
  'begin_encounter',
  'correct_encounter',
  'begin_note',
  'write_note',
  'read_note',
  'sign_encounter',
  'cosign_encounter',
  'finalise_encounter',
  'amend_encounter',
  'add_addendum',
  'file_encounter',
  'file_late_note',
  'list_entries',
  'read_entry',
  'record_entry',
  'revise_entry',
  'record_vitals',
  'list_vitals',
  'read_trend',
  'void_vitals',
  'list_documents',
  'read_document',
  'open_document',
  'start_document',
  'add_document',
  'document_ready',
  'document_refused',
  'void_document',
  'list_forms',
  'fill_form',
  'grant_relation',
  'list_relations',
  'list_reported_accesses',
  'review_access',
  'break_glass',
  'read_accesses',
  'request_export',
  'export_part',
  'download_export',
  'hold',
  'lift_hold',
  'request_shredding',
  'withdraw_shredding',
  'shred',
  'shredded',
  'report_notifiable',
] as const satisfies readonly Known[];
/** Lists of one kind of entries: `list_problems`. */
const LISTS = /^list_(problems|allergies|medications|immunizations|procedures|family-history|social-history|consents)$/;

/** What somebody did; an action that this version does not know is shown as it is. */
export function actionText(action: string, t: TFunction): string {
  const name = action.replace(/^patients\./, '');
  if (LISTS.test(name)) return t('trail.list_entries');
  const known = KNOWN.find((each) => each === name);
  return known ? t(`trail.${known}`) : action;
}
