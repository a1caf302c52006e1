import { Badge, Button, Stack, Text } from '@mantine/core';
import { IconBed } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useClinicians } from '../data/clinicians';
import { useAdmitted } from '../data/hospital';
import { ADMIT, useHasRole } from '../data/session/roles';
import { Dialog } from '../kit/dialogs';
import { Section } from '../kit/section';
import { Empty, Loaded } from '../kit/states';
import { Listing, More, RowButton } from '../kit/table';
import { dateAndTime } from '../language/format';
import { Admit } from './admit';

/** Who is here, in which bed or chair. */
export function AdmittedPage() {
  const { t } = useTranslation('hospital');
  const has = useHasRole();
  const navigate = useNavigate();
  const here = useAdmitted();
  const clinicians = useClinicians();
  const [admitting, setAdmitting] = useState(false);
  const open = (id: string) => void navigate(`/hospital/${id}`);
  return (
    <Section
      title={t('here.title')}
      intro={t('here.intro')}
      action={has(ADMIT) && <Button onClick={() => setAdmitting(true)}>{t('here.admit')}</Button>}
    >
      <Loaded query={here}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={IconBed} title={t('here.none')} />
          ) : (
            <>
              <Listing
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  {
                    label: t('here.patient'),
                    cell: ({ patient_name: name, record_number: record, kind }) => (
                      <Stack gap={2}>
                        <Text fw={600}>{name}</Text>
                        <Text size="sm" c="dimmed" className="numeric">
                          {record}{' '}
                          {kind !== 'ambulatory' && (
                            <Badge variant="light" tt="none">
                              {t(`kinds.${kind}`)}
                            </Badge>
                          )}
                        </Text>
                      </Stack>
                    ),
                  },
                  { label: t('here.place'), cell: ({ place }) => `${place.ward} · ${place.name}` },
                  {
                    label: t('here.responsible'),
                    cell: ({ responsible }) => clinicians.find(({ value }) => value === responsible)?.label ?? '–',
                  },
                  { label: t('here.since'), cell: ({ admitted_at: at }) => dateAndTime(at) },
                  {
                    label: t('actions'),
                    quiet: true,
                    cell: ({ id, patient_name: name }) => (
                      <RowButton label={t('here.open')} of={name} onClick={() => open(id)} />
                    ),
                  },
                ]}
              />
              <More query={here} />
            </>
          )
        }
      </Loaded>
      <Dialog title={t('here.admit')} opened={admitting} onClose={() => setAdmitting(false)}>
        <Admit onAdmitted={({ id }) => open(id)} />
      </Dialog>
    </Section>
  );
}
