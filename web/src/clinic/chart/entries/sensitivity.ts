import type { components } from '../../../api/patients';

/** Information that fewer people may see. */
export type Sensitivity = components['schemas']['Sensitivity'];
export const SENSITIVITY: readonly Sensitivity[] = ['ETH', 'HIV', 'PSY', 'SEX', 'SDV'];
