/** Tables: columns described once, an edit button a row, and its dialog. */
import { Badge, Button, Group, Paper, Table, VisuallyHidden } from '@mantine/core';
import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialogs';
import { Section } from './section';
import { Loaded, Nothing } from './states';
import classes from './table.module.css';

interface Column<T> {
  readonly label: string;
  /** For columns whose content needs no head for the eye. */
  readonly quiet?: boolean;
  readonly numeric?: boolean;
  readonly cell: (item: T) => ReactNode;
}

interface ListingProps<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly columns: readonly Column<T>[];
}

/** A table; the first column names the row. On a phone each row is a card. */
export function Listing<T>({ items, keyOf, columns }: ListingProps<T>) {
  if (items.length === 0) return <Nothing />;
  return (
    <Paper className={classes.scroll}>
      <Table className={classes.cards ?? ''}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ label, quiet, numeric }) => (
              <Table.Th key={label} className={numeric === true ? (classes.end ?? '') : ''}>
                {quiet === true ? <VisuallyHidden>{label}</VisuallyHidden> : label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={keyOf(item)}>
              {columns.map(({ label, quiet, numeric, cell }) => (
                <Table.Td
                  key={label}
                  data-label={quiet === true ? undefined : label}
                  className={`${numeric === true ? 'numeric' : ''} ${(numeric ?? quiet) === true ? (classes.end ?? '') : ''}`}
                >
                  {cell(item)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

export function Active({ active }: { readonly active: boolean }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" tt="none" color={active ? 'green' : 'gray'}>
      {t(active ? 'common.active' : 'common.inactive')}
    </Badge>
  );
}

interface RowButtonProps {
  readonly label: string;
  /** Whose row it is, for those who do not see the row. */
  readonly of: string;
  readonly onClick: () => void;
}

export function RowButton({ label, of, onClick }: RowButtonProps) {
  return (
    <Button size="xs" variant="default" aria-label={`${label}: ${of}`} onClick={onClick}>
      {label}
    </Button>
  );
}

interface CatalogueProps<T> {
  readonly query: UseQueryResult<T[]>;
  readonly texts: { readonly title: string; readonly intro: string; readonly add: string; readonly edit: string };
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  readonly nameOf: (item: T) => string;
  readonly shows?: (item: T) => boolean;
  /** What stands before the edit button of a row. */
  readonly more?: (item: T) => ReactNode;
  /** The form of an item, or of a new one. */
  readonly form: (item: T | undefined, close: () => void) => ReactNode;
  /** Above the table. */
  readonly children?: ReactNode;
}

/** A list of things that are added and changed in a dialog. */
export function Catalogue<T>(props: CatalogueProps<T>) {
  const { t } = useTranslation();
  const { query, texts, keyOf, nameOf, more, shows } = props;
  const [editing, setEditing] = useState<string | null>(); // null is a new one
  const close = () => setEditing(undefined);
  const edited = query.data?.find((item) => keyOf(item) === editing);
  const actions: Column<T> = {
    label: t('common.actions'),
    quiet: true,
    cell: (item) => (
      <Group gap="xs" wrap="nowrap" justify="flex-end">
        {more?.(item)}
        <RowButton label={t('common.edit')} of={nameOf(item)} onClick={() => setEditing(keyOf(item))} />
      </Group>
    ),
  };
  return (
    <Section
      title={texts.title}
      intro={texts.intro}
      action={<Button onClick={() => setEditing(null)}>{texts.add}</Button>}
    >
      {props.children}
      <Loaded query={query}>
        {(items) => (
          <Listing items={shows ? items.filter(shows) : items} keyOf={keyOf} columns={[...props.columns, actions]} />
        )}
      </Loaded>
      <Dialog
        title={editing === null ? texts.add : texts.edit}
        opened={editing === null || edited !== undefined}
        onClose={close}
      >
        {(editing === null || edited) && props.form(edited, close)}
      </Dialog>
    </Section>
  );
}

/** Asks for the next page of a list, if there is one. */
export function More<T>({ query }: { readonly query: UseInfiniteQueryResult<T> }) {
  const { t } = useTranslation();
  if (!query.hasNextPage) return null;
  return (
    <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {t('common.more')}
    </Button>
  );
}
