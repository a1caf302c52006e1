/** In Portuguese: the frame around every page, and the agenda. */
import agenda from './agenda/pt.json';
import alarms from './alarms/pt.json';
import dates from './dates/pt.json';
import groups from './groups/pt.json';
import patients from './patients/pt.json';
import reminders from './reminders/pt.json';
import series from './series/pt.json';
import visit from './visit/pt.json';
import worklists from './worklists/pt.json';

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
