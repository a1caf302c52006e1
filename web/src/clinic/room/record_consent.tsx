import { Alert, Button, Checkbox, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Room } from '../../common/consult_room';
import { KINSHIPS, TOLD, type BoxCode, type ConsentText, type Kinship, type NewDecision } from '../data/consents';
import { ConsentWords } from '../kit/consent_words';
import { Refusal } from '../kit/forms';
import { Loaded } from '../kit/states';

interface RecordConsentProps {
  readonly room: Room;
  readonly onDone: () => void;
}

/** The text to read out, and what the patient said to it. */
export function RecordConsent({ room, onDone }: RecordConsentProps) {
  const { t } = useTranslation();
  const text = useQuery({
    queryKey: ['consult-consent-text', room.state.consult.id],
    gcTime: 0,
    queryFn: async () => (await room.api.get('/consent-text')) as ConsentText,
  });
  return (
    <Stack>
      <Text>{t('consent.recordIntro')}</Text>
      <Loaded query={text}>{(words) => <Answer room={room} text={words} onDone={onDone} />}</Loaded>
    </Stack>
  );
}

type Said = 'accepted' | 'refused' | 'withdrawn';
type Channel = (typeof TOLD)[number];

interface Person {
  readonly name: string;
  readonly document: string;
  readonly relation: Kinship | null;
}

interface AnswerProps extends RecordConsentProps {
  readonly text: ConsentText;
}

function Answer({ room, text, onDone }: AnswerProps) {
  const { t } = useTranslation();
  const [said, setSaid] = useState<Said>('accepted');
  const [channel, setChannel] = useState<Channel>('video');
  const [ticked, setTicked] = useState<string[]>([]);
  const [person, setPerson] = useState<Person>();
  const [wrong, setWrong] = useState(false);
  const saving = useMutation({
    mutationFn: (body: NewDecision) => room.api.post('/consents', body),
    onSuccess: onDone,
  });
  const decisions =
    room.state.consult.consent === 'accepted' ? (['withdrawn'] as const) : (['accepted', 'refused'] as const);
  const decision: Said = decisions.some((one) => one === said) ? said : decisions[0];
  const boxes = decision !== 'accepted' || text.boxes.every((box) => !box.required || ticked.includes(box.code));
  const named = !person || (person.name.trim() !== '' && person.document.trim() !== '' && person.relation !== null);
  const save = () => {
    setWrong(!boxes || !named);
    if (!boxes || !named) return;
    saving.mutate({
      decision,
      channel,
      language: text.language,
      text: text.sha256,
      boxes: decision === 'accepted' ? (ticked as BoxCode[]) : [],
      representative: person && person.relation !== null ? { ...person, relation: person.relation } : null,
    });
  };
  return (
    <Stack>
      <ConsentWords text={text} boxes={false} />
      <SegmentedControl
        aria-label={t('consent.what')}
        value={decision}
        onChange={(value) => setSaid(value)}
        data={decisions.map((value) => ({ value, label: t(`consent.decision.${value}`) }))}
      />
      {decision === 'accepted' && (
        <Checkbox.Group value={ticked} onChange={setTicked}>
          <Stack gap="xs">
            {text.boxes.map((box) => (
              <Checkbox key={box.code} value={box.code} label={box.label} lang={text.language} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
      <Select
        label={t('consent.how')}
        data={TOLD.map((value) => ({ value, label: t(`lists.option.channel-${value}`) }))}
        value={channel}
        allowDeselect={false}
        onChange={(value) => setChannel(value as Channel)}
      />
      <Checkbox
        label={t('consent.represented')}
        checked={person !== undefined}
        onChange={(event) =>
          setPerson(event.currentTarget.checked ? { name: '', document: '', relation: null } : undefined)
        }
      />
      {person && <PersonFields person={person} onChange={setPerson} />}
      {wrong && (!boxes || !named) && (
        <Alert color="red" role="alert">
          {t(boxes ? 'consent.personNeeded' : 'consent.boxesNeeded')}
        </Alert>
      )}
      <Refusal error={saving.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button loading={saving.isPending} onClick={save}>
          {t('consent.save')}
        </Button>
      </Group>
    </Stack>
  );
}

interface PersonFieldsProps {
  readonly person: Person;
  readonly onChange: (person: Person) => void;
}

function PersonFields({ person, onChange }: PersonFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className="columns-2">
      <TextInput
        label={t('consent.name')}
        value={person.name}
        maxLength={200}
        onChange={(event) => onChange({ ...person, name: event.currentTarget.value })}
      />
      <TextInput
        label={t('consent.document')}
        value={person.document}
        maxLength={200}
        onChange={(event) => onChange({ ...person, document: event.currentTarget.value })}
      />
      <Select
        label={t('consent.kin')}
        data={KINSHIPS.map((value) => ({ value, label: t(`consent.relation.${value}`) }))}
        value={person.relation}
        onChange={(relation) => onChange({ ...person, relation: relation })}
      />
    </div>
  );
}
