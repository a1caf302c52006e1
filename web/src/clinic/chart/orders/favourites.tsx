/** One's favourites above a draft: press one to put it in, keep what is written, or take one off. */
import { Button, Group, Pill, Text } from '@mantine/core';
import { IconStar, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { uuid7 } from '../../../common/uuid';
import { bodyOf, freeName, useFavourites, useSaveFavourites } from '../../data/favourites';
import type { OrderBody, OrderedTest } from '../../data/orders';
import { Refusal } from '../../kit/forms';
import { isComplete, type DraftLine } from './line_fields';
import { course } from './words';

type OrderKind = OrderBody['kind'];

interface LinesProps {
  readonly lines: readonly DraftLine[];
  readonly onPick: (line: DraftLine) => void;
}

/** Of drugs with their doses. One whose product the formulary has no more cannot be put in. */
export function FavouriteLines({ lines, onPick }: LinesProps) {
  const { t } = useTranslation();
  const book = useFavourites().data;
  const saving = useSaveFavourites();
  if (!book) return null;
  const kept = new Set(book.lines.map((each) => course(each, t) + each.item));
  const fresh = lines.filter((each) => isComplete(each) && !kept.has(course(each.line, t) + each.line.item));
  const save = (body: ReturnType<typeof bodyOf>) => saving.mutate({ version: book.version, body });
  const keep = () => {
    const body = bodyOf(book);
    for (const { line, product } of fresh) {
      const names = body.lines.map(({ name }) => name);
      body.lines.push({ name: freeName(`${product.name} ${product.strength}`, names), line });
    }
    save(body);
  };
  return (
    <Bar
      items={book.lines.map(({ name, product, ...line }) => ({
        name,
        hint: product ? course(line, t) : t('orders.favourites.gone'),
        usable: product !== null,
      }))}
      onPick={(at) => {
        const found = book.lines[at];
        if (!found?.product) return;
        const { name: _, product, ...line } = found;
        onPick({ key: uuid7(), product, line, counted: false });
      }}
      onRemove={(at) => save(bodyOf({ ...book, lines: book.lines.filter((_, place) => place !== at) }))}
      onKeep={fresh.length > 0 ? keep : undefined}
      busy={saving.isPending}
      error={saving.error}
    />
  );
}

interface OrdersProps {
  readonly kind: OrderKind;
  readonly tests: readonly OrderedTest[];
  readonly onPick: (tests: readonly OrderedTest[]) => void;
}

/** Of tests that one orders together, of one kind. */
export function FavouriteOrders({ kind, tests, onPick }: OrdersProps) {
  const book = useFavourites().data;
  const saving = useSaveFavourites();
  if (!book) return null;
  const fitting = book.orders.filter((each) => each.kind === kind);
  const names = (all: readonly OrderedTest[]) => all.map(({ display }) => display).join(', ');
  const keep = () => {
    const name = freeName(
      names(tests),
      book.orders.map((each) => each.name),
    );
    const body = bodyOf(book);
    body.orders.push({ name, kind, tests: [...tests] });
    saving.mutate({ version: book.version, body });
  };
  const known = fitting.some((each) => names(each.tests) === names(tests));
  return (
    <Bar
      items={fitting.map(({ name, tests: of }) => ({ name, hint: names(of), usable: true }))}
      onPick={(at) => onPick(fitting[at]?.tests ?? [])}
      onRemove={(at) => {
        const rest = book.orders.filter((each) => each !== fitting[at]);
        saving.mutate({ version: book.version, body: bodyOf({ ...book, orders: rest }) });
      }}
      onKeep={tests.length > 0 && tests.length <= 20 && !known ? keep : undefined}
      busy={saving.isPending}
      error={saving.error}
    />
  );
}

interface BarProps {
  readonly items: readonly { readonly name: string; readonly hint: string; readonly usable: boolean }[];
  readonly onPick: (at: number) => void;
  readonly onRemove: (at: number) => void;
  readonly onKeep: (() => void) | undefined;
  readonly busy: boolean;
  readonly error: Error | null;
}

function Bar({ items, onPick, onRemove, onKeep, busy, error }: BarProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  if (items.length === 0 && !onKeep) return null;
  return (
    <section aria-label={t('orders.favourites.title')}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {t('orders.favourites.title')}
        </Text>
        {items.length > 0 && (
          <Button size="compact-xs" variant="subtle" aria-pressed={editing} onClick={() => setEditing(!editing)}>
            {t(editing ? 'orders.favourites.done' : 'orders.favourites.edit')}
          </Button>
        )}
      </Group>
      <Pill.Group>
        {items.map(({ name, hint, usable }, at) => (
          <Button
            key={name}
            size="compact-sm"
            variant={editing ? 'default' : 'light'}
            maw="100%"
            title={hint}
            disabled={!editing && !usable}
            loading={editing && busy}
            rightSection={editing && <IconX size={14} aria-hidden />}
            aria-label={editing ? t('orders.favourites.remove', { name }) : `${name}. ${hint}`}
            onClick={() => (editing ? onRemove(at) : onPick(at))}
          >
            {name}
          </Button>
        ))}
        {onKeep && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconStar size={14} aria-hidden />}
            loading={busy}
            onClick={onKeep}
          >
            {t('orders.favourites.keep')}
          </Button>
        )}
      </Pill.Group>
      <Refusal error={error} />
    </section>
  );
}
