/** The consult contracts that both entries use, by their names in the OpenAPI document. */
import type { components } from '../api/consults';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Invitation = Schemas['Invitation'];
export type Clinic = Schemas['Clinic-Output'];
export type ConsentText = Schemas['ConsentText'];
export type ConsentRecord = Schemas['ConsentRecord'];
export type ConsentRecords = Schemas['ConsentRecords'];
export type BoxCode = Schemas['BoxCode'];
export type Kinship = Schemas['Kinship'];
export type SessionConsult = Schemas['SessionConsult'];
export type ConsultStatus = Schemas['ConsultStatus'];
export type Presence = Schemas['Presence'];
export type Changes = Schemas['Changes'];
export type ConsultSignal = Schemas['Signal'];
export type Message = Schemas['Message'];
export type Messages = Schemas['Messages'];
export type ConsultFile = Schemas['File'];
export type Files = Schemas['Files'];
export type Upload = Schemas['Upload'];
export type Download = Schemas['Download'];
export type VideoRoom = Schemas['VideoRoom'];
export type Ticket = Schemas['Ticket'];
export type Note = Schemas['Note'];
export type NoteDraft = Schemas['NoteDraft'];
export type Finished = Schemas['Finished'];
export type DeviceCheck = Schemas['DeviceCheck-Output'];

export const ENDED: ReadonlySet<ConsultStatus> = new Set(['finished', 'cancelled', 'no_show', 'expired']);
export const MAX_FILE = 32 * 1024 * 1024;
