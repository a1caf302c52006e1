/** In Spanish: running the institution. */
import admin from './admin/es.json';
import audit from './audit/es.json';
import institution from './institution/es.json';
import knowledge from './knowledge/es.json';
import reports from './reports/es.json';

export const office = { ...admin, ...audit, ...institution, ...knowledge, ...reports };
