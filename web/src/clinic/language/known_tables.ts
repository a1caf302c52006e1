/** Tables of the product in words; a test on the server's side holds the names complete. */
import type { TFunction } from 'i18next';
import type { Texts } from './parts';

type Known = keyof Texts['knowledge']['names'];

/** Of a table that this version of the site does not know, its id. */
export function tableName(id: string, t: TFunction): string {
  return isKnown(id, t) ? t(`knowledge.names.${id}`) : id;
}

function isKnown(id: string, t: TFunction): id is Known {
  return id in t('knowledge.names', { returnObjects: true });
}
