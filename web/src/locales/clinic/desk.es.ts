/** In Spanish: the frame around every page, and the agenda. */
import agenda from './agenda/es.json';
import alarms from './alarms/es.json';
import dates from './dates/es.json';
import groups from './groups/es.json';
import patients from './patients/es.json';
import reminders from './reminders/es.json';
import series from './series/es.json';
import visit from './visit/es.json';
import worklists from './worklists/es.json';

export const desk = {
  ...agenda,
  ...alarms,
  ...dates,
  ...groups,
  ...patients,
  ...reminders,
  ...series,
  ...visit,
  ...worklists,
};
