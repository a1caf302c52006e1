import { Text, Title } from '@mantine/core';
import { diffWordsWithSpace } from 'diff';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { SECTIONS, type Content } from '../../data/notes/autosave';
import classes from './encounter.module.css';

/** What distinguishes two texts, word by word: removed struck through, added underlined. */
function TextDiff({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <Text component="div" className={classes.prose}>
      {diffWordsWithSpace(before, after).map((part, index) => {
        if (part.added) return <ins key={index}>{part.value}</ins>;
        if (part.removed) return <del key={index}>{part.value}</del>;
        return <Fragment key={index}>{part.value}</Fragment>;
      })}
    </Text>
  );
}

/** What distinguishes two contents of a note; sections that are the same in both are left out. */
export function ContentDiff({ before, after }: { readonly before: Content; readonly after: Content }) {
  const { t } = useTranslation();
  const changed = (['text', ...SECTIONS] as const).filter((part) => before[part] !== after[part]);
  if (changed.length === 0) return <Text c="dimmed">{t('encounter.unchanged')}</Text>;
  return changed.map((part) => (
    <section key={part}>
      <Title order={4} size="h6">
        {t(`encounter.section.${part}`)}
      </Title>
      <TextDiff before={before[part]} after={after[part]} />
    </section>
  ));
}
