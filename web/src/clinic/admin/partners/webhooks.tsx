import { Badge, Button, Group, Paper, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { components } from '../../../api/consults';
import { uuid7 } from '../../../common/uuid';
import { useChange, useSaving } from '../../data/saving';
import { consults, ifMatch, unwrap } from '../../data/server/client';
import { Confirm, Dialog } from '../../kit/dialogs';
import { Form, FormEnd, Refusal } from '../../kit/forms';
import { Secrets, type Shown } from '../../kit/secrets';
import { Section } from '../../kit/section';
import { Loaded, Nothing } from '../../kit/states';
import { dayAndTime } from '../../language/format';

export type Target = components['schemas']['Target'];

const TARGETS = ['admin', 'targets'] as const;

export function useTargets() {
  return useQuery({
    queryKey: TARGETS,
    queryFn: async () => (await unwrap(consults.GET('/consults/notification-targets'))).items,
  });
}

/** Where signed notifications of consultations go. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const targets = useTargets();
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<string>();
  return (
    <Section
      title={t('admin.webhooks')}
      intro={t('admin.webhooksIntro')}
      action={<Button onClick={() => setAdding(true)}>{t('admin.newTarget')}</Button>}
    >
      <Loaded query={targets}>
        {(items) =>
          items.length === 0 ? (
            <Nothing />
          ) : (
            <Stack component="ul" p={0} m={0} gap="sm">
              {items.map((target) => (
                <Card key={target.id} target={target} onSecret={setShown} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Dialog title={t('admin.newTarget')} opened={adding} onClose={() => setAdding(false)}>
        <TargetForm onClose={() => setAdding(false)} onSecret={setShown} />
      </Dialog>
      <Secrets shown={shownAs(shown, t('admin.signing'))} onClose={() => setShown(undefined)} />
    </Section>
  );
}

function shownAs(secret: string | undefined, label: string): readonly Shown[] | undefined {
  return secret === undefined ? undefined : [{ label, value: secret }];
}

interface CardProps {
  readonly target: Target;
  readonly onSecret: (secret: string) => void;
}

function Card({ target, onSecret }: CardProps) {
  const { t } = useTranslation();
  const [key, setKey] = useState(uuid7);
  const [rotating, setRotating] = useState(false);
  const path = { target_id: target.id };
  const toggle = useChange(TARGETS, (active: boolean) =>
    unwrap(
      consults.PUT('/consults/notification-targets/{target_id}', {
        params: { path, header: ifMatch(target.version) },
        body: { active },
      }),
    ),
  );
  const rotate = useChange(
    TARGETS,
    () => {
      const params = { path, header: { 'Idempotency-Key': key } };
      return unwrap(consults.POST('/consults/notification-targets/{target_id}/secret', { params }));
    },
    ({ secret }) => {
      setKey(uuid7());
      setRotating(false);
      onSecret(secret);
    },
  );
  return (
    <Paper component="li" p="md" style={{ listStyle: 'none' }}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {target.description ?? target.url}
          </Text>
          {target.description && (
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {target.url}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {t('admin.secretSince', { moment: dayAndTime(target.secret_rotated_at) })}
          </Text>
          {!target.active && (
            <Badge color="gray" variant="light" tt="none">
              {t('admin.stopped')}
            </Badge>
          )}
        </Stack>
        <Group gap="sm">
          <Switch
            label={t('admin.delivers')}
            checked={target.active}
            disabled={toggle.isPending}
            onChange={(event) => toggle.mutate(event.currentTarget.checked)}
          />
          <Button size="xs" variant="default" onClick={() => setRotating(true)}>
            {t('admin.rotate')}
          </Button>
          <Button size="xs" variant="light" component={Link} to={target.id}>
            {t('admin.deliveries')}
          </Button>
        </Group>
      </Group>
      <Refusal error={toggle.error} />
      <Confirm
        opened={rotating}
        title={t('admin.rotate')}
        body={t('admin.rotateBody')}
        action={t('admin.rotate')}
        busy={rotate.isPending}
        error={rotate.error}
        onConfirm={() => rotate.mutate(undefined)}
        onClose={() => setRotating(false)}
      />
    </Paper>
  );
}

interface TargetFormProps {
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
}

function TargetForm({ onClose, onSecret }: TargetFormProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { url: '', description: '', bearer: '' },
    validate: {
      url: (value) => (/^https?:\/\/[\x21-\x7e]+$/.test(value.trim()) ? null : t('admin.urlHelp')),
      bearer: (value) => (value === '' || value.length >= 16 ? null : t('field.short')),
    },
  });
  const saving = useSaving(
    form,
    TARGETS,
    ({ url, description, bearer }, header) => {
      const body = {
        url: url.trim(),
        ...(description.trim() !== '' && { description: description.trim() }),
        ...(bearer !== '' && { bearer }),
      };
      return unwrap(consults.POST('/consults/notification-targets', { params: { header }, body }));
    },
    ({ secret }) => {
      onClose();
      onSecret(secret);
    },
  );
  return (
    <Form onSubmit={saving.onSubmit}>
      <TextInput
        type="url"
        label={t('admin.url')}
        description={t('admin.urlHelp')}
        withAsterisk
        data-autofocus
        {...form.getInputProps('url')}
      />
      <TextInput label={t('admin.description')} maxLength={200} {...form.getInputProps('description')} />
      <TextInput
        label={t('admin.bearer')}
        description={t('admin.bearerHelp')}
        autoComplete="off"
        {...form.getInputProps('bearer')}
      />
      <FormEnd saving={saving} onCancel={onClose} />
    </Form>
  );
}
