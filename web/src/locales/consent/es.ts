/** Textos con que se pide el consentimiento; el texto que se acepta viene del servidor, por país. */
export const es = {
  who: '¿Quién decide?',
  me: 'Decido por mí: soy {name}',
  other: 'Decido por {name}, a quien represento',
  majority: 'Por quien tiene menos de {years} años decide su madre, su padre o quien le represente.',
  name: 'Nombre completo de quien decide',
  document: 'Documento de identidad de quien decide',
  relation: 'Relación con el paciente',
  choose: 'Elija una',
  mother: 'Madre',
  father: 'Padre',
  guardian: 'Tutela o representación legal',
  spouse: 'Cónyuge o pareja',
  child: 'Hija o hijo',
  otherKin: 'Otra',
  accept: 'Aceptar y continuar',
  refuse: 'No acepto',
  missingBoxes: 'Para continuar, marque las casillas que dicen “obligatoria”.',
  missingPerson: 'Escriba su nombre y su documento, y elija la relación.',
  required: 'obligatoria',
  refuseTitle: '¿No acepta la teleconsulta?',
  refuseSure: 'Sí, no acepto',
  back: 'Volver al texto',
  refusedTitle: 'Registramos que no aceptó',
  change: 'Cambiar mi decisión',
  changed: 'El texto cambió mientras lo leía. Léalo de nuevo, por favor.',
  withdrawTitle: '¿Retira su consentimiento?',
  withdrawBody:
    'Saldrá de la consulta y avisaremos a quien le atiende. Lo que ya se anotó se conserva como manda la ley. No pierde su derecho a la atención.',
  withdrawSure: 'Sí, retirarlo y salir',
  withdrawBack: 'No, seguir en la consulta',
  withdrawnTitle: 'Retiró su consentimiento',
  withdrawnBody: 'Quedó registrado a las {time}. Ya puede cerrar esta página.',
} as const;

export type Key = keyof typeof es;
/** What the other languages have, too. */
export type Catalogue = Readonly<Record<Key, string>>;
