/** In Portuguese: running the institution. */
import admin from './admin/pt.json';
import audit from './audit/pt.json';
import institution from './institution/pt.json';
import knowledge from './knowledge/pt.json';
import reports from './reports/pt.json';

export const office = { ...admin, ...audit, ...institution, ...knowledge, ...reports };
