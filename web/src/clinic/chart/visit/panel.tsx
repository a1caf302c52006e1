import { Alert, Drawer, Skeleton, Stack } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EntryKind } from '../../data/orders';
import { useClosing } from '../../kit/closing';
import { Safety } from '../base/safety';
import classes from './panel.module.css';

const PrescriptionForm = lazy(async () => ({
  default: (await import('../orders/prescription_form')).PrescriptionForm,
}));
const PrescriptionView = lazy(async () => ({ default: (await import('../orders/prescription')).PrescriptionView }));
const OrderForm = lazy(async () => ({ default: (await import('../orders/order_form')).OrderForm }));
const OrderView = lazy(async () => ({ default: (await import('../orders/order')).OrderView }));
const PaperForm = lazy(async () => ({ default: (await import('../orders/paper')).PaperForm }));
const PaperView = lazy(async () => ({ default: (await import('../orders/paper')).PaperView }));

/** What is open in the panel; without an id something new is written. */
export interface Shown {
  readonly kind: EntryKind;
  readonly id?: string;
}

interface PanelProps {
  readonly patientId: string;
  /** The encounter that what is written belongs to; null while that is being asked. */
  readonly encounterId: string | null | undefined;
  /** What has to be known before something is written. */
  readonly notice?: string | undefined;
  readonly shown: Shown | undefined;
  /** On which side: beside what has to stay in sight. */
  readonly side: 'left' | 'right';
  readonly onShow: (shown: Shown | undefined) => void;
}

/** Prescribing and ordering beside the note or the call, which stay as they are. */
export function VisitPanel({ patientId, encounterId, notice, shown, side, onShow }: PanelProps) {
  const { t } = useTranslation();
  const { changed, mayClose } = useClosing();
  const [last, setLast] = useState(shown); // what slides out keeps its content
  if (shown !== undefined && shown !== last) setLast(shown);
  const close = () => {
    if (!mayClose()) return;
    changed(false);
    onShow(undefined);
  };
  const open = (kind: EntryKind, id: string) => {
    changed(false);
    onShow({ kind, id });
  };
  const now = shown ?? last;
  return (
    <Drawer
      opened={shown !== undefined}
      onClose={close}
      position={side}
      size={side === 'right' ? 'min(34rem, 100%)' : 'min(46rem, 100%)'}
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
      closeOnClickOutside={false}
      title={now && t(`orders.kind.${now.kind}`)}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      classNames={{ content: classes.content ?? '' }}
    >
      <Stack>
        <div className={classes.safety}>
          <Safety patientId={patientId} />
        </div>
        {notice !== undefined && <Alert color="yellow">{notice}</Alert>}
        {encounterId === null || now === undefined ? (
          <Skeleton height={260} radius="lg" />
        ) : (
          <Suspense fallback={<Skeleton height={260} radius="lg" />}>
            <Inside {...{ patientId, encounterId, shown: now, changed, open, close }} />
          </Suspense>
        )}
      </Stack>
    </Drawer>
  );
}

interface InsideProps {
  readonly patientId: string;
  readonly encounterId: string | undefined;
  readonly shown: Shown;
  readonly changed: (unsaved: boolean) => void;
  readonly open: (kind: EntryKind, id: string) => void;
  readonly close: () => void;
}

function Inside({ patientId, encounterId, shown: { kind, id }, changed, open, close }: InsideProps) {
  const place = { patientId, encounterId, onCancel: close, onChanged: changed };
  const saved = (made: { readonly id: string }) => open(kind, made.id);
  switch (kind) {
    case 'prescription':
      if (id === undefined) return <PrescriptionForm {...place} onSaved={saved} />;
      return (
        <PrescriptionView
          key={id}
          id={id}
          encounterId={encounterId}
          onChanged={changed}
          onOpen={open}
          onClose={close}
        />
      );
    case 'order':
      if (id === undefined) return <OrderForm {...place} onSaved={saved} />;
      return <OrderView key={id} id={id} onChanged={changed} onClose={close} />;
    default:
      if (id === undefined) return <PaperForm {...place} kind={kind} onSaved={saved} />;
      return <PaperView key={id} kind={kind} id={id} onClose={close} />;
  }
}
