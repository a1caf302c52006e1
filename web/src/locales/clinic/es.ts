/** In Spanish: patients, their visits, and whatever no other part has (door, desk, office); one file an area. */
import call from './call/es.json';
import chart from './chart/es.json';
import consent from './consent/es.json';
import custody from './custody/es.json';
import documents from './documents/es.json';
import encounter from './encounter/es.json';
import forms from './forms/es.json';
import lists from './lists/es.json';
import measuring from './measuring/es.json';
import orders from './orders/es.json';
import problems from './problems/es.json';
import room from './room/es.json';
import trail from './trail/es.json';
import vaccines from './vaccines/es.json';
import video from './video/es.json';
import vitals from './vitals/es.json';
import waiting from './waiting/es.json';
import waitlist from './waitlist/es.json';

export const es = {
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
