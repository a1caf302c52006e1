/**
 * The chart's sections, in the order in which they are shown. A new one is a line here: its address
 * (`/patients/<id>/<path>`), its name, and a component that is fetched when first opened.
 */
import {
  IconActivity,
  IconAlertTriangle,
  IconChecklist,
  IconClipboardHeart,
  IconFiles,
  IconHeartbeat,
  IconHistory,
  IconListDetails,
  IconPill,
  IconPrescription,
  IconScissors,
  IconShieldLock,
  IconSignature,
  IconStethoscope,
  IconUsersGroup,
  IconVaccine,
  IconWorldDownload,
  type Icon,
} from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { SectionProps } from './base/section';

/** What is read and done in a visit, what is known, what was written and asked, and who keeps it. */
export const GROUPS = ['visit', 'known', 'papers', 'custody'] as const;

export interface Section {
  readonly group: (typeof GROUPS)[number];
  /** Last part of the address; the first screen has none. */
  readonly path: string;
  readonly label: (t: TFunction) => string;
  readonly icon: Icon;
  readonly Component: LazyExoticComponent<ComponentType<SectionProps>>;
}

export const SECTIONS: readonly Section[] = [
  {
    path: '',
    group: 'visit',
    label: (t) => t('chart.sections.summary'),
    icon: IconClipboardHeart,
    Component: lazy(async () => ({ default: (await import('./summary/section')).SummarySection })),
  },
  {
    path: 'timeline',
    group: 'visit',
    label: (t) => t('chart.sections.timeline'),
    icon: IconActivity,
    Component: lazy(async () => ({ default: (await import('./summary/timeline')).TimelineSection })),
  },
  {
    path: 'encounters',
    group: 'visit',
    label: (t) => t('chart.sections.encounters'),
    icon: IconStethoscope,
    Component: lazy(async () => ({ default: (await import('./encounter/list')).EncountersSection })),
  },
  {
    path: 'vitals',
    group: 'visit',
    label: (t) => t('vitals.title'),
    icon: IconHeartbeat,
    Component: lazy(async () => ({ default: (await import('./vitals/page')).VitalsSection })),
  },
  {
    path: 'orders',
    group: 'visit',
    label: (t) => t('orders.title'),
    icon: IconPrescription,
    Component: lazy(async () => ({ default: (await import('./orders/page')).OrdersSection })),
  },
  {
    path: 'documents',
    group: 'papers',
    label: (t) => t('documents.title'),
    icon: IconFiles,
    Component: lazy(async () => ({ default: (await import('./documents/page')).DocumentsSection })),
  },
  {
    path: 'forms',
    group: 'papers',
    label: (t) => t('forms.title'),
    icon: IconChecklist,
    Component: lazy(async () => ({ default: (await import('./forms/page')).FormsSection })),
  },
  {
    path: 'problems',
    group: 'known',
    label: (t) => t('chart.sections.problems'),
    icon: IconListDetails,
    Component: lazy(async () => ({ default: (await import('./entries/sections')).ProblemsSection })),
  },
  {
    path: 'allergies',
    group: 'known',
    label: (t) => t('chart.sections.allergies'),
    icon: IconAlertTriangle,
    Component: lazy(async () => ({ default: (await import('./entries/sections')).AllergiesSection })),
  },
  {
    path: 'medicines',
    group: 'known',
    label: (t) => t('chart.sections.medicines'),
    icon: IconPill,
    Component: lazy(async () => ({ default: (await import('./entries/sections')).MedicinesSection })),
  },
  {
    path: 'immunizations',
    group: 'known',
    label: (t) => t('chart.sections.immunizations'),
    icon: IconVaccine,
    Component: lazy(async () => ({ default: (await import('./vaccines/section')).VaccinesSection })),
  },
  {
    path: 'procedures',
    group: 'known',
    label: (t) => t('chart.sections.procedures'),
    icon: IconScissors,
    Component: lazy(async () => ({ default: (await import('./entries/sections')).ProceduresSection })),
  },
  {
    path: 'history',
    group: 'known',
    label: (t) => t('chart.sections.history'),
    icon: IconUsersGroup,
    Component: lazy(async () => ({ default: (await import('./entries/sections')).HistorySection })),
  },
  {
    path: 'external',
    group: 'papers',
    label: (t) => t('chart.sections.external'),
    icon: IconWorldDownload,
    Component: lazy(async () => ({ default: await (await import('./external/section')).opened() })),
  },
  {
    path: 'consents',
    group: 'custody',
    label: (t) => t('chart.sections.consents'),
    icon: IconSignature,
    Component: lazy(async () => ({ default: (await import('./entries/sections')).ConsentsSection })),
  },
];

/** Who keeps the record: for every role, each as far as it goes. */
export const CUSTODY: Section = {
  path: 'custody',
  group: 'custody',
  label: (t) => t('chart.sections.custody'),
  icon: IconShieldLock,
  Component: lazy(async () => ({ default: (await import('./custody/section')).CustodySection })),
};

/** What those see who watch over records without reading them. */
export const ACCESSES: Section = {
  path: 'accesses',
  group: 'custody',
  label: (t) => t('chart.sections.accesses'),
  icon: IconHistory,
  Component: lazy(async () => ({ default: (await import('./access/accesses')).AccessesSection })),
};
