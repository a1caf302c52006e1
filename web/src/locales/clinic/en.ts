/** The clinic's texts in English, fetched when chosen: one file an area of the screen. */
import admin from './admin/en.json';
import agenda from './agenda/en.json';
import alarms from './alarms/en.json';
import audit from './audit/en.json';
import auth from './auth/en.json';
import call from './call/en.json';
import chart from './chart/en.json';
import consent from './consent/en.json';
import custody from './custody/en.json';
import dates from './dates/en.json';
import documents from './documents/en.json';
import encounter from './encounter/en.json';
import type { es } from './es';
import forms from './forms/en.json';
import groups from './groups/en.json';
import institution from './institution/en.json';
import knowledge from './knowledge/en.json';
import lists from './lists/en.json';
import measuring from './measuring/en.json';
import orders from './orders/en.json';
import patients from './patients/en.json';
import problems from './problems/en.json';
import reminders from './reminders/en.json';
import reports from './reports/en.json';
import room from './room/en.json';
import series from './series/en.json';
import shell from './shell/en.json';
import trail from './trail/en.json';
import vaccines from './vaccines/en.json';
import video from './video/en.json';
import visit from './visit/en.json';
import vitals from './vitals/en.json';
import waiting from './waiting/en.json';
import waitlist from './waitlist/en.json';
import worklists from './worklists/en.json';

// Typed by es, so a key that en lacks does not compile.
export const en: typeof es = {
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
