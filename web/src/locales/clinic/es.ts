/** The clinic's texts in Spanish, fetched when chosen: one file an area of the screen. */
import admin from './admin/es.json';
import agenda from './agenda/es.json';
import alarms from './alarms/es.json';
import audit from './audit/es.json';
import auth from './auth/es.json';
import call from './call/es.json';
import chart from './chart/es.json';
import consent from './consent/es.json';
import custody from './custody/es.json';
import dates from './dates/es.json';
import documents from './documents/es.json';
import encounter from './encounter/es.json';
import forms from './forms/es.json';
import groups from './groups/es.json';
import institution from './institution/es.json';
import knowledge from './knowledge/es.json';
import lists from './lists/es.json';
import measuring from './measuring/es.json';
import orders from './orders/es.json';
import patients from './patients/es.json';
import problems from './problems/es.json';
import reminders from './reminders/es.json';
import reports from './reports/es.json';
import room from './room/es.json';
import series from './series/es.json';
import shell from './shell/es.json';
import trail from './trail/es.json';
import vaccines from './vaccines/es.json';
import video from './video/es.json';
import visit from './visit/es.json';
import vitals from './vitals/es.json';
import waiting from './waiting/es.json';
import waitlist from './waitlist/es.json';
import worklists from './worklists/es.json';

export const es = {
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
