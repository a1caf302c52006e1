/** Actions of the audit trails in words: those on records, and those on accounts. */
import type { TFunction } from 'i18next';
import type { Texts } from './parts';

type Known = keyof Texts['trail'];
type KnownOfAccounts = keyof Texts['accountTrail'];

const KNOWN = [
  'register',
  'update',
  'read',
  'merge',
  'list_merged',
  'unmerge',
  'read_summary',
  'list_admitted',
  'read_admission',
  'list_admissions',
  'patient_admitted',
  'admission_changed',
  'patient_discharged',
  'admission_cancelled',
  'list_coverages',
  'write_coverage',
  'write_phrases',
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
  'reserve_encounter',
  'read_encounter_contents',
  'file_consent',
  'read_circumstances',
  'set_circumstances',
  'search',
  'list_pending',
  'read_trail',
  'set_country_profile',
  'set_measuring_rules',
  'set_surveillance',
  'request_report',
  'make_report',
  'check_trail',
  'confirm_table',
  'notification_replayed',
] as const satisfies readonly Known[];
const ACCOUNTS = [
  'log_in',
  'log_out',
  'refresh',
  'change_password',
  'redeem_code',
  'start_enrolment',
  'enrol_second_factor',
  'create_user',
  'update_user',
  'reset_user',
  'create_tenant',
  'update_tenant',
  'register_client',
  'update_client',
  'add_client_secret',
  'remove_client_secret',
  'client_token',
  'read_audit',
] as const satisfies readonly KnownOfAccounts[];
/** Lists of one kind of entries: `list_problems`. */
const LISTS = /^list_(problems|allergies|medications|immunizations|procedures|family-history|social-history|consents)$/;

/** Those with words, as the trail has them; several lists share one text, and are left out. */
export const RECORD_ACTIONS: readonly string[] = KNOWN.filter((name) => name !== 'list_entries').map(
  (name) => `patients.${name}`,
);
export const ACCOUNT_ACTIONS: readonly string[] = ACCOUNTS.map((name) => `identity.${name}`);

/** What somebody did; an action that this version does not know is shown as it is. */
export function actionText(action: string, t: TFunction): string {
  const [context = '', name = ''] = action.split('.');
  if (LISTS.test(name)) return t('trail.list_entries');
  const ofAccounts = context === 'identity' ? ACCOUNTS.find((each) => each === name) : undefined;
  if (ofAccounts) return t(`accountTrail.${ofAccounts}`);
  const known = KNOWN.find((each) => each === name);
  return known ? t(`trail.${known}`) : action;
}

const RESOURCES = [
  'patient',
  'encounter',
  'document',
  'note',
  'export',
  'form',
  'shredding',
  'session',
  'user',
  'client',
  'tenant',
  'trail',
] as const;

/** What kind of thing `<kind>/<id>` names. */
export function resourceText(resource: string, t: TFunction): string {
  const kind = resource.split('/')[0];
  return t(`resource.${RESOURCES.find((each) => each === kind) ?? 'other'}`);
}
