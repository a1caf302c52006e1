/** In English: the frame around every page, and the agenda. */
import agenda from './agenda/en.json';
import alarms from './alarms/en.json';
import dates from './dates/en.json';
import groups from './groups/en.json';
import patients from './patients/en.json';
import reminders from './reminders/en.json';
import series from './series/en.json';
import visit from './visit/en.json';
import worklists from './worklists/en.json';

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
