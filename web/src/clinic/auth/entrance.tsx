import { Group, Paper, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES } from '../language/i18n';
import classes from './entrance.module.css';

/** What stands before the navigation: who we are on one side, what to fill in on the other. */
export function Entrance({ children }: { readonly children: ReactNode }) {
  const { t, i18n } = useTranslation();
  return (
    <div className={classes.entrance}>
      <header className={classes.brand}>
        <span className={classes.name}>
          <img src="/mark.svg" alt="" width={40} height={40} />
          Telesalud
        </span>
        <p className={classes.motto}>{t('entrance.motto')}</p>
        <Pulse />
      </header>
      <main className={classes.side}>
        <Paper p="xl" w="100%" maw={420} shadow="sm">
          {children}
        </Paper>
        <Group component="nav" aria-label={t('common.language')} gap="xs" justify="center">
          {LANGUAGES.map((language) => (
            <UnstyledButton
              key={language}
              lang={language}
              className={classes.language ?? ''}
              aria-pressed={i18n.language === language}
              onClick={() => void chooseLanguage(language)}
            >
              {LANGUAGE_NAMES[language]}
            </UnstyledButton>
          ))}
        </Group>
      </main>
    </div>
  );
}

/** The mark's own line, drawn large: a heartbeat that becomes the swell of two voices. */
function Pulse() {
  return (
    <svg
      className={classes.pulse}
      viewBox="0 0 480 200"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden
      focusable="false"
    >
      <path d="M0 120h96l22-58 40 112 34-92 18 38h58" />
      <path d="M268 120c26 0 26-34 52-34s26 68 52 68 26-34 52-34h56" />
      <circle cx="268" cy="120" r="5" />
    </svg>
  );
}
