/** In Portuguese: patients, their visits, and whatever no other part has (door, desk, office); one file an area. */
import call from './call/pt.json';
import chart from './chart/pt.json';
import consent from './consent/pt.json';
import custody from './custody/pt.json';
import documents from './documents/pt.json';
import encounter from './encounter/pt.json';
import type { es } from './es';
import forms from './forms/pt.json';
import lists from './lists/pt.json';
import measuring from './measuring/pt.json';
import orders from './orders/pt.json';
import problems from './problems/pt.json';
import room from './room/pt.json';
import trail from './trail/pt.json';
import vaccines from './vaccines/pt.json';
import video from './video/pt.json';
import vitals from './vitals/pt.json';
import waiting from './waiting/pt.json';
import waitlist from './waitlist/pt.json';

// Typed by es, so a key that pt lacks does not compile.
export const pt: typeof es = {
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
