/** In English: patients, their visits, and whatever no other part has (door, desk, office); one file an area. */
import call from './call/en.json';
import chart from './chart/en.json';
import consent from './consent/en.json';
import custody from './custody/en.json';
import documents from './documents/en.json';
import encounter from './encounter/en.json';
import type { es } from './es';
import forms from './forms/en.json';
import lists from './lists/en.json';
import measuring from './measuring/en.json';
import orders from './orders/en.json';
import problems from './problems/en.json';
import room from './room/en.json';
import trail from './trail/en.json';
import vaccines from './vaccines/en.json';
import video from './video/en.json';
import vitals from './vitals/en.json';
import waiting from './waiting/en.json';
import waitlist from './waitlist/en.json';

// Typed by es, so a key that en lacks does not compile.
export const en: typeof es = {
  ...call,
  ...chart,
  ...consent,
  ...custody,
  ...documents,
  ...encounter,
  ...forms,
  ...lists,
  ...measuring,
  ...orders,
  ...problems,
  ...room,
  ...trail,
  ...vaccines,
  ...video,
  ...vitals,
  ...waiting,
  ...waitlist,
};
