/** All of the clinic's own texts, for the tests of words. */
import { desk as deskEn } from './desk.en';
import { desk as deskEs } from './desk.es';
import { desk as deskPt } from './desk.pt';
import { door as doorEn } from './door.en';
import { door as doorEs } from './door.es';
import { door as doorPt } from './door.pt';
import { en as careEn } from './en';
import { es as careEs } from './es';
import { office as officeEn } from './office.en';
import { office as officeEs } from './office.es';
import { office as officePt } from './office.pt';
import { pt as carePt } from './pt';

export const es = { ...doorEs, ...deskEs, ...careEs, ...officeEs };
export const pt = { ...doorPt, ...deskPt, ...carePt, ...officePt };
export const en = { ...doorEn, ...deskEn, ...careEn, ...officeEn };
