/** The clinic's texts in Portuguese, fetched when chosen: one file an area of the screen. */
import admin from './admin/pt.json';
import agenda from './agenda/pt.json';
import alarms from './alarms/pt.json';
import audit from './audit/pt.json';
import auth from './auth/pt.json';
import call from './call/pt.json';
import chart from './chart/pt.json';
import consent from './consent/pt.json';
import custody from './custody/pt.json';
import dates from './dates/pt.json';
import documents from './documents/pt.json';
import encounter from './encounter/pt.json';
import type { es } from './es';
import forms from './forms/pt.json';
import groups from './groups/pt.json';
import institution from './institution/pt.json';
import knowledge from './knowledge/pt.json';
import lists from './lists/pt.json';
import measuring from './measuring/pt.json';
import orders from './orders/pt.json';
import patients from './patients/pt.json';
import problems from './problems/pt.json';
import reminders from './reminders/pt.json';
import reports from './reports/pt.json';
import room from './room/pt.json';
import series from './series/pt.json';
import shell from './shell/pt.json';
import trail from './trail/pt.json';
import vaccines from './vaccines/pt.json';
import video from './video/pt.json';
import visit from './visit/pt.json';
import vitals from './vitals/pt.json';
import waiting from './waiting/pt.json';
import waitlist from './waitlist/pt.json';
import worklists from './worklists/pt.json';

// Typed by es, so a key that pt lacks does not compile.
export const pt: typeof es = {
  ...admin,
  ...agenda,
  ...alarms,
  ...audit,
  ...auth,
  ...call,
  ...chart,
  ...consent,
  ...custody,
  ...dates,
  ...documents,
  ...encounter,
  ...forms,
  ...groups,
  ...institution,
  ...knowledge,
  ...lists,
  ...measuring,
  ...orders,
  ...patients,
  ...problems,
  ...reminders,
  ...reports,
  ...room,
  ...series,
  ...shell,
  ...trail,
  ...vaccines,
  ...video,
  ...visit,
  ...vitals,
  ...waiting,
  ...waitlist,
  ...worklists,
};
