import { Table } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Patient } from '../../data/chart/custody';
import { shownOf } from '../../data/patients';
import { birthDate } from '../../language/age';
import { dateAndTime, day } from '../../language/format';
import { documentText } from '../../language/identity_documents';

/** Two registrations, row by row; where they differ is marked by a word and a colour. */
export function Compared({ people }: { readonly people: readonly [Patient, Patient] }) {
  const { t } = useTranslation();
  const [first, second] = people.map((one) => rowsOf(one, t)) as [readonly Row[], readonly Row[]];
  return (
    <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={t('custody.compare')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Td />
            {people.map((one) => (
              <Table.Th key={one.id} scope="col" className="numeric">
                {t('find.record', { number: one.record_number })}
              </Table.Th>
            ))}
            <Table.Th scope="col">{t('custody.same')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {first.map(([label, mine], index) => {
            const theirs = second[index]?.[1] ?? '';
            return (
              <Table.Tr key={label}>
                <Table.Th scope="row">{label}</Table.Th>
                <Table.Td>{mine || '—'}</Table.Td>
                <Table.Td>{theirs || '—'}</Table.Td>
                <Table.Td c={mine === theirs ? 'dimmed' : 'var(--ts-clay)'}>
                  {t(mine === theirs ? 'custody.equal' : 'custody.differs')}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}

type Row = readonly [label: string, value: string];

function rowsOf(one: Patient, t: TFunction): readonly Row[] {
  return [
    [t('custody.name'), shownOf(one).display_name],
    [t('register.birthDate'), day(birthDate(one))],
    [t('register.sex'), t(`register.${one.sex}`)],
    [t('register.document'), one.documents.map((document) => documentText(document, t)).join(', ')],
    [t('register.phone'), one.phones.join(', ')],
    [t('register.email'), one.email ?? ''],
    [t('custody.registered'), dateAndTime(one.registered_at)],
  ];
}
