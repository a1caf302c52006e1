/** What patients read otherwise in some countries, over the Spanish texts; fetched where it is needed. */
import type { Catalogue } from './es';

type Words = Partial<Catalogue>;

const TURNO: Words = {
  waitingStart: 'Su turno es a las {time}.',
  expiredBody: 'El horario de la consulta terminó. Llame a su centro de salud para pedir otro turno.',
  cancelledBody: 'Su centro de salud canceló este turno. Comuníquese con ellos para reprogramarlo.',
  noShowBody: 'No registramos su llegada a tiempo. Llame a su centro de salud para pedir otro turno.',
  replacedBody:
    'Su turno cambió de hora o le enviaron un enlace nuevo. Abra el mensaje más reciente de su centro de salud: allí están la hora y el enlace que valen.',
  notSeenBody:
    'Lo sentimos: el horario terminó mientras usted esperaba, y así quedó registrado. Llame a su centro de salud para que le den otro turno.',
  endedElsewhereBody: 'Abra de nuevo el enlace de su turno. Si no funciona, pida uno nuevo a su centro de salud.',
  endNext: 'Si necesita otro turno o sus documentos, comuníquese con su centro de salud.',
};
const HORA: Words = {
  waitingStart: 'Su hora es a las {time}.',
  expiredBody: 'El horario de la consulta terminó. Llame a su centro de salud para pedir otra hora.',
  cancelledBody: 'Su centro de salud canceló esta hora. Comuníquese con ellos para reprogramarla.',
  noShowBody: 'No registramos su llegada a tiempo. Llame a su centro de salud para pedir otra hora.',
  notSeenBody:
    'Lo sentimos: el horario terminó mientras usted esperaba, y así quedó registrado. Llame a su centro de salud para que le den otra hora.',
  endedElsewhereBody: 'Abra de nuevo el enlace de su hora. Si no funciona, pida uno nuevo a su centro de salud.',
  endNext: 'Si necesita otra hora o sus documentos, comuníquese con su centro de salud.',
};

/** By ISO 3166-1 alpha-2, as the clinic's pages and the messages say it. */
export const COUNTRIES: Readonly<Record<string, Words>> = { AR: TURNO, PY: TURNO, CL: HORA };
