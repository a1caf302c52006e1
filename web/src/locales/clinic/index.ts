/** The clinic's texts: one folder an area of the screen, one file a language. */
import agendaEs from './agenda/es.json';
import authEs from './auth/es.json';
import chartEs from './chart/es.json';
import patientsEs from './patients/es.json';
import roomEs from './room/es.json';
import shellEs from './shell/es.json';
import agendaPt from './agenda/pt.json';
import authPt from './auth/pt.json';
import chartPt from './chart/pt.json';
import patientsPt from './patients/pt.json';
import roomPt from './room/pt.json';
import shellPt from './shell/pt.json';
import agendaEn from './agenda/en.json';
import authEn from './auth/en.json';
import chartEn from './chart/en.json';
import patientsEn from './patients/en.json';
import roomEn from './room/en.json';
import shellEn from './shell/en.json';

export const es = { ...agendaEs, ...authEs, ...chartEs, ...patientsEs, ...roomEs, ...shellEs };
// Typed by es, so a key that pt or en lacks does not compile.
export const pt: typeof es = { ...agendaPt, ...authPt, ...chartPt, ...patientsPt, ...roomPt, ...shellPt };
export const en: typeof es = { ...agendaEn, ...authEn, ...chartEn, ...patientsEn, ...roomEn, ...shellEn };
