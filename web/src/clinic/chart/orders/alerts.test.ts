import { expect, it } from 'vitest';
import en from '../../../locales/clinic/orders/en.json';
import es from '../../../locales/clinic/orders/es.json';
import pt from '../../../locales/clinic/orders/pt.json';
import { sourcesOf } from './alerts';

it('never says that everything was checked', () => {
  expect(es.orders.noAlerts).toContain('no se comprobó');
  expect(pt.orders.noAlerts).toContain('não foi verificado');
  expect(en.orders.noAlerts).toContain('was not');
});

it('says where each of several entries stands, each place once', () => {
  expect(sourcesOf({ source: 'medication/1', sources: [] })).toEqual(['medication']);
  expect(sourcesOf({ source: 'line/2', sources: [] })).toEqual(['here']);
  const sources = ['medication/1', 'medication/2', 'prescription/3'];
  expect(sourcesOf({ source: 'medication/1', sources })).toEqual(['medication', 'prescription']);
});
