import { expect, it } from 'vitest';
import en from '../../../locales/clinic/orders/en.json';
import es from '../../../locales/clinic/orders/es.json';
import pt from '../../../locales/clinic/orders/pt.json';

it('never says that everything was checked', () => {
  expect(es.orders.noAlerts).toContain('no se comprobó');
  expect(pt.orders.noAlerts).toContain('não foi verificado');
  expect(en.orders.noAlerts).toContain('was not');
});
