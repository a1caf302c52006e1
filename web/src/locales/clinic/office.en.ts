/** In English: running the institution. */
import admin from './admin/en.json';
import audit from './audit/en.json';
import institution from './institution/en.json';
import knowledge from './knowledge/en.json';
import reports from './reports/en.json';

export const office = { ...admin, ...audit, ...institution, ...knowledge, ...reports };
