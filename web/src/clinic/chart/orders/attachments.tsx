import { Alert, Button, FileButton, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LARGEST_BYTES, send, sha256, size } from '../../data/files';
import { useAct, type Attachment, type Order } from '../../data/orders';
import { orders, unwrap } from '../../data/server/client';
import { useSession } from '../../data/session/session';
import { Tag } from '../../kit/tag';
import { refusal } from '../../language/order_refusals';
import lists from '../base/lists.module.css';
import { ViewFile } from '../documents/viewer';

const ATTACHES: ReadonlySet<string> = new Set(['physician', 'laboratory']);
const REFUSALS = [
  'type-not-allowed',
  'type-mismatch',
  'active-content',
  'encrypted',
  'photo-format',
  'hash-mismatch',
  'infected',
  'missing',
] as const;
const LOOK_AGAIN_MS = 3000;

/** Images, PDF and documents of an order; shown in place once they were examined. */
export function Attachments({ order }: { readonly order: Order }) {
  const { t, i18n } = useTranslation();
  const { me } = useSession();
  const files = useQuery({
    queryKey: ['orders', 'attachments', order.id],
    queryFn: async () =>
      (await unwrap(orders.GET('/orders/requests/{id}/attachments', { params: { path: { id: order.id } } }))).items,
    refetchInterval: (query) =>
      query.state.data?.some(({ status }) => status === 'scanning') === true ? LOOK_AGAIN_MS : false,
  });
  const found = files.data ?? [];
  const adds =
    me.roles.some((role) => ATTACHES.has(role)) && order.status !== 'cancelled' && order.status !== 'entered_in_error';
  if (found.length === 0 && !adds) return null;
  return (
    <section aria-label={t('orders.attachments')}>
      <Title order={3} size="h5" mb={4}>
        {t('orders.attachments')}
      </Title>
      <Stack gap="xs">
        <ul className={lists.list}>
          {found.map((file) => (
            <li key={file.id} className={lists.line}>
              <Group justify="space-between">
                <div>
                  <Text style={{ overflowWrap: 'anywhere' }}>{file.name}</Text>
                  <Text size="sm" c="dimmed">
                    {size(file.size, i18n.language)}
                  </Text>
                </div>
                <State order={order} file={file} />
              </Group>
            </li>
          ))}
        </ul>
        {adds && <Attach order={order} />}
      </Stack>
    </section>
  );
}

function State({ order, file }: { readonly order: Order; readonly file: Attachment }) {
  const { t } = useTranslation();
  const refused = REFUSALS.find((each) => each === file.refusal);
  if (file.status === 'refused') {
    return <Tag tone="danger">{refused ? t(`documents.refusal.${refused}`) : t('documents.refused')}</Tag>;
  }
  if (file.status !== 'ready') return <Tag tone="warn">{t('documents.scanning')}</Tag>;
  const link = async () => {
    const path = { id: order.id, attachment_id: file.id };
    return (await unwrap(orders.GET('/orders/requests/{id}/attachments/{attachment_id}/link', { params: { path } })))
      .url;
  };
  return <ViewFile name={file.name} mediaType={file.media_type ?? ''} link={link} />;
}

function Attach({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [share, setShare] = useState<number>();
  const [tooLarge, setTooLarge] = useState(false);
  const uploading = useAct(async (key, file: File) => {
    setShare(0);
    const body = { name: file.name.slice(-200), size: file.size, sha256: await sha256(file) };
    const params = { path: { id: order.id } };
    const made = await unwrap(
      orders.POST('/orders/requests/{id}/attachments', { params: { ...params, header: key }, body }),
    );
    await send(made, file, setShare);
    const path = { ...params.path, attachment_id: made.attachment_id };
    return unwrap(orders.POST('/orders/requests/{id}/attachments/{attachment_id}/complete', { params: { path } }));
  });
  const upload = (file: File | null) => {
    if (file === null) return;
    setTooLarge(file.size > LARGEST_BYTES);
    if (file.size > LARGEST_BYTES) return;
    uploading.mutate(file, {
      onSettled: () => {
        setShare(undefined);
        void queries.invalidateQueries({ queryKey: ['orders', 'attachments', order.id] });
      },
    });
  };
  return (
    <Stack gap="xs">
      <FileButton onChange={upload}>
        {(props) => (
          <Button
            {...props}
            variant="default"
            w="fit-content"
            loading={uploading.isPending}
            leftSection={<IconUpload size={18} aria-hidden />}
          >
            {t('orders.attach')}
          </Button>
        )}
      </FileButton>
      {share !== undefined && <Progress value={share * 100} aria-label={t('documents.uploading')} />}
      <div role="alert">
        {tooLarge && <Alert color="red">{t('documents.tooLarge')}</Alert>}
        {uploading.isError && <Alert color="red">{refusal(uploading.error, t)}</Alert>}
      </div>
    </Stack>
  );
}
