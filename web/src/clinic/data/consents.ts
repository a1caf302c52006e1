/** Consent to teleconsultation: its words, what was decided about them, and recording what one is told. */
import type { components } from '../../api/consults';

type Schemas = components['schemas'];
export type ConsentText = Schemas['ConsentText'];
export type ConsentRecord = Schemas['ConsentRecord'];
export type ConsentRecords = Schemas['ConsentRecords'];
export type NewDecision = Schemas['NewDecision'];
export type BoxCode = Schemas['BoxCode'];
export type Kinship = Schemas['Kinship'];
export type Representative = Schemas['Representative'];

export const KINSHIPS = ['mother', 'father', 'guardian', 'spouse', 'child', 'other'] as const satisfies Kinship[];
/** How staff are told; by the link is what the patient's own page says. */
export const TOLD = ['video', 'phone', 'in_person', 'paper'] as const;
