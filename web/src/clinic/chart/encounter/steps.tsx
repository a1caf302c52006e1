import { Alert, Button, Group, Modal, Select, Skeleton, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconLock, IconPencilPlus, IconSignature, IconWritingSign } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../../common/problem';
import { useColleagues, useRefresh } from '../../data/chart/chart';
import { useVisitOrders } from '../../data/chart/visit';
import { contentOf, isAddendum, isBlank, readEncounter, type Encounter } from '../../data/notes/notes';
import { cosign, finalise, sign } from '../../data/notes/steps';
import { useSession } from '../../data/session/session';
import { useOnce } from '../../kit/once';
import { explain } from '../../language/refusals';
import { NewInVisit } from '../visit/new';
import type { Shown } from '../visit/panel';
import { unsigned, VisitSummary } from '../visit/summary';
import { Addendum } from './addendum';
import { Amend } from './amend';
import classes from './encounter.module.css';
import { NoteText } from './note_editor';

type Step = 'sign' | 'cosign' | 'finalise' | 'amend' | 'addendum';

interface StepsProps {
  readonly encounter: Encounter;
  /** Saves what is being written. False when something could not be saved. */
  readonly flush: () => Promise<boolean>;
  /** Opens what is prescribed or ordered in it, beside the note. */
  readonly onWrite: ((shown: Shown) => void) | undefined;
  /** Text that an editor could not save any more; opens the addendum. */
  readonly addendum: string | undefined;
  readonly onAddendumDone: (added: boolean) => void;
}

/** What can be done with the encounter now, in sight at the foot of the page. */
export function Steps({ encounter, flush, onWrite, addendum, onAddendumDone }: StepsProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const [step, setStep] = useState<Step>();
  const shown = addendum === undefined ? step : 'addendum';
  const { status, signatures } = encounter;
  const signed = signatures.some((one) => one.by === me.id);
  const close = (added = false) => {
    setStep(undefined);
    onAddendumDone(added);
  };
  return (
    <>
      <div className={classes.steps} role="group" aria-label={t('encounter.steps')}>
        {onWrite && <NewInVisit onShow={onWrite} />}
        {status === 'open' ? (
          <Button leftSection={<IconSignature size={18} aria-hidden />} onClick={() => setStep('sign')}>
            {t('encounter.sign')}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconPencilPlus size={18} aria-hidden />}
            onClick={() => setStep('addendum')}
          >
            {t('encounter.addendum')}
          </Button>
        )}
        {status !== 'open' && !signed && (
          <Button
            variant="default"
            leftSection={<IconWritingSign size={18} aria-hidden />}
            onClick={() => setStep('cosign')}
          >
            {t('encounter.cosign')}
          </Button>
        )}
        {(status === 'finalised' || status === 'amended') && (
          <Button variant="default" onClick={() => setStep('amend')}>
            {t('encounter.amend')}
          </Button>
        )}
        {status === 'signed' && signed && (
          <Button leftSection={<IconLock size={18} aria-hidden />} onClick={() => setStep('finalise')}>
            {t('encounter.finalise')}
          </Button>
        )}
      </div>
      <Modal
        opened={shown !== undefined}
        onClose={() => close()}
        size={shown === 'amend' ? 'xl' : 'lg'}
        closeOnClickOutside={false}
        title={shown && t(`encounter.${shown}`)}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {(shown === 'sign' || shown === 'cosign' || shown === 'finalise') && (
          <Confirm step={shown} encounter={encounter} flush={flush} onDone={() => close()} />
        )}
        {shown === 'addendum' && <Addendum encounter={encounter} initial={addendum ?? ''} onDone={close} />}
        {shown === 'amend' && <Amend encounter={encounter} onDone={() => close()} />}
      </Modal>
    </>
  );
}

interface ConfirmProps {
  readonly step: 'sign' | 'cosign' | 'finalise';
  readonly encounter: Encounter;
  readonly flush: () => Promise<boolean>;
  readonly onDone: () => void;
}

/** Saves, reads what the server has, shows exactly that, and signs exactly that. */
function Confirm({ step, encounter, flush, onDone }: ConfirmProps) {
  const { t } = useTranslation();
  const { me } = useSession();
  const refresh = useRefresh(encounter.patient);
  const once = useOnce();
  const [cosigner, setCosigner] = useState<string | null>(null);
  const review = useQuery({
    queryKey: ['review', encounter.id, step],
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
    queryFn: async () => {
      if (!(await flush())) throw new Unsaved();
      return readEncounter(encounter.id);
    },
  });
  const drafts = unsigned(useVisitOrders(encounter.patient, encounter.id).data ?? []);
  const doing = useMutation({
    mutationFn: (read: Encounter) =>
      step === 'sign' ? sign(read, cosigner, once) : step === 'cosign' ? cosign(read, once) : finalise(read, once),
    onSuccess: async () => {
      notifications.show({ message: t(`encounter.done.${step}`) });
      await refresh();
      onDone();
    },
    onError: async (error) => {
      if (error instanceof Problem && error.status === 412) await review.refetch();
    },
  });
  if (review.isPending) return <Skeleton height={160} />;
  if (review.isError) {
    const message = review.error instanceof Unsaved ? t('encounter.unsavedSign') : explain(review.error, t);
    return (
      <Alert color="red" role="alert">
        <Stack align="flex-start">
          {message}
          <Button size="xs" variant="default" onClick={() => void review.refetch()}>
            {t('common.retry')}
          </Button>
        </Stack>
      </Alert>
    );
  }
  const blank = review.data.notes.every((note) => note.versions.slice(-1).every((last) => isBlank(contentOf(last))));
  return (
    <Stack>
      <Text>{t(`encounter.confirm.${step}`)}</Text>
      <Review encounter={review.data} />
      <VisitSummary encounter={review.data} linked={false} />
      {drafts > 0 && <Alert color="yellow">{t('visit.unsigned', { count: drafts })}</Alert>}
      {step === 'sign' && <AskCosigner value={cosigner} onChange={setCosigner} />}
      {blank && <Alert color="yellow">{t('encounter.nothingToSign')}</Alert>}
      <div role="alert">
        {doing.isError && (
          <Alert color="red">
            {doing.error instanceof Problem && doing.error.status === 412
              ? t('encounter.changedReview')
              : explain(doing.error, t)}
          </Alert>
        )}
      </div>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t('encounter.as', { name: me.display_name })}
        </Text>
        <Group>
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button
            data-autofocus
            loading={doing.isPending || review.isFetching}
            disabled={blank}
            onClick={() => doing.mutate(review.data)}
          >
            {t(`encounter.${step}`)}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

class Unsaved extends Error {}

interface AskCosignerProps {
  readonly value: string | null;
  readonly onChange: (account: string | null) => void;
}

/** A colleague who stands for the content besides, such as a resident's supervisor. */
function AskCosigner({ value, onChange }: AskCosignerProps) {
  const { t } = useTranslation();
  const colleagues = useColleagues();
  return (
    <Select
      label={t('encounter.askCosign')}
      description={t('encounter.askCosignHint')}
      placeholder={t('encounter.nobody')}
      data={colleagues}
      value={value}
      clearable
      searchable
      onChange={onChange}
    />
  );
}

function Review({ encounter }: { readonly encounter: Encounter }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" className={classes.version ?? ''}>
      {encounter.reason && (
        <Text>
          <Text span fw={600}>
            {t('encounter.reason')}:{' '}
          </Text>
          {encounter.reason}
        </Text>
      )}
      {encounter.notes.map((note, index) => {
        const last = note.versions.at(-1);
        return (
          last && (
            <section key={note.id}>
              <Title order={3} size="h6">
                {isAddendum(note) ? t('encounter.addendum') : t('encounter.noteNumber', { number: index + 1 })}
              </Title>
              <NoteText content={contentOf(last)} />
            </section>
          )
        );
      })}
    </Stack>
  );
}
