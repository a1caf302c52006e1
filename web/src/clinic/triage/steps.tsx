import { Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FindSlot } from '../agenda/find_slot';
import type { Slot } from '../data/agenda';
import { useSession } from '../data/session/session';
import { useStep, type CloseReason, type Triage } from '../data/triage';
import { Dialog } from '../kit/dialogs';
import { Refusal } from '../kit/forms';
import { HERE, today } from '../language/zone';

const REASONS = [
  'resolved',
  'unreachable',
  'duplicate',
  'not_a_request',
  'emergency_services',
] as const satisfies readonly CloseReason[];
type Doing = 'book' | 'refer' | 'answer' | 'close';
const OVER = ['answered', 'referred', 'closed'];

/** What can be done with a request in its state. */
export function Steps({ request }: { readonly request: Triage }) {
  const { t } = useTranslation('triage');
  const { me } = useSession();
  const [doing, setDoing] = useState<Doing>();
  const step = useStep(request);
  const mine = request.assigned_to === me.id && request.state === 'assigned';
  const open = ['received', 'assigned', 'missed'].includes(request.state);
  const done = () => setDoing(undefined);
  if (request.state === 'booked') return <Text>{t('steps.booked')}</Text>;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {(open || OVER.includes(request.state)) && !mine && (
          <Button loading={step.isPending} onClick={() => step.mutate({ take: true })}>
            {t(open ? 'steps.take' : 'steps.again')}
          </Button>
        )}
        {open && (
          <>
            <Button
              variant={mine ? 'filled' : 'default'}
              disabled={request.patient === null}
              onClick={() => setDoing('book')}
            >
              {t('steps.book')}
            </Button>
            <Button variant="default" onClick={() => setDoing('answer')}>
              {t('steps.answer')}
            </Button>
            <Button variant="default" onClick={() => setDoing('refer')}>
              {t('steps.refer')}
            </Button>
            <Button variant="default" onClick={() => setDoing('close')}>
              {t('steps.close')}
            </Button>
          </>
        )}
        {mine && (
          <Button variant="subtle" loading={step.isPending} onClick={() => step.mutate({ release: true })}>
            {t('steps.release')}
          </Button>
        )}
      </Group>
      {open && request.patient === null && (
        <Text size="sm" c="dimmed">
          {t('steps.whoFirst')}
        </Text>
      )}
      <Refusal error={step.error} />
      <Dialog title={t(`steps.${doing ?? 'answer'}`)} opened={doing !== undefined} onClose={done}>
        {doing === 'book' && <Book request={request} onDone={done} />}
        {doing !== undefined && doing !== 'book' && <Say request={request} doing={doing} onDone={done} />}
      </Dialog>
    </Stack>
  );
}

interface StepProps {
  readonly request: Triage;
  readonly onDone: () => void;
}

function Book({ request, onDone }: StepProps) {
  const { t } = useTranslation('triage');
  const step = useStep(request, onDone);
  const [category, setCategory] = useState<string | null>(null);
  const [slot, setSlot] = useState<Slot>();
  const [text, setText] = useState('');
  const book = () => {
    if (!slot || category === null) return;
    const { practitioner, site, start, minutes } = slot;
    step.mutate({ book: { practitioners: [practitioner], site, category, start, minutes, text: text.trim() || null } });
  };
  return (
    <Stack>
      <FindSlot
        practitioner={null}
        site={null}
        from={today(HERE)}
        category={category}
        onCategory={setCategory}
        chosen={slot}
        onChoose={setSlot}
      />
      <Words value={text} onChange={setText} />
      <End step={step} ready={slot !== undefined} label={t('steps.book')} onSend={book} />
    </Stack>
  );
}

function Say({ request, doing, onDone }: StepProps & { readonly doing: 'refer' | 'answer' | 'close' }) {
  const { t } = useTranslation('triage');
  const step = useStep(request, onDone);
  const [text, setText] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState<CloseReason>('resolved');
  const said = text.trim();
  const ready = { refer: to.trim() !== '', answer: said !== '', close: true }[doing];
  const send = () => {
    if (doing === 'refer') step.mutate({ refer: { to: to.trim(), text: said || null } });
    else if (doing === 'answer') step.mutate({ answer: { text: said } });
    else step.mutate({ close: { reason, text: said || null } });
  };
  return (
    <Stack>
      {doing === 'refer' && (
        <TextInput
          label={t('say.to')}
          withAsterisk
          maxLength={200}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      )}
      {doing === 'close' && (
        <NativeSelect
          label={t('say.reason')}
          value={reason}
          data={REASONS.map((value) => ({ value, label: t(`reason.${value}`) }))}
          onChange={(event) => setReason(REASONS.find((each) => each === event.currentTarget.value) ?? 'resolved')}
        />
      )}
      <Words value={text} onChange={setText} />
      <End step={step} ready={ready} label={t(`steps.${doing}`)} onSend={send} />
    </Stack>
  );
}

function Words({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const { t } = useTranslation('triage');
  return (
    <Textarea
      label={t('say.text')}
      description={t('say.help')}
      autosize
      minRows={3}
      maxLength={2000}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface EndProps {
  readonly step: { readonly error: Error | null; readonly isPending: boolean };
  readonly ready: boolean;
  readonly label: string;
  readonly onSend: () => void;
}

function End({ step, ready, label, onSend }: EndProps) {
  return (
    <>
      <Refusal error={step.error} />
      <Group justify="flex-end">
        <Button disabled={!ready} loading={step.isPending} onClick={onSend}>
          {label}
        </Button>
      </Group>
    </>
  );
}
