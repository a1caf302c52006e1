import { Button, Stack, Text, Title } from '@mantine/core';
import { IconPrinter, IconSquare, IconSquareCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { printText } from './printed';

interface Words {
  readonly id: string;
  readonly version: string;
  readonly language: string;
  readonly title: string;
  readonly sections: readonly { readonly heading: string; readonly text: string }[];
  readonly boxes: readonly { readonly code: string; readonly label: string; readonly required: boolean }[];
  readonly refusal: string;
  readonly draft: boolean;
  readonly sha256: string;
}

interface ConsentWordsProps {
  readonly text: Words;
  /** Which boxes were ticked; undefined where nobody has decided. */
  readonly ticked?: readonly string[];
  /** What is known of the decision: who, when, how. */
  readonly facts?: readonly string[];
  /** False where the boxes follow, to be ticked. */
  readonly boxes?: boolean;
}

/** Every word of a consent, with the boxes as they were left, and a way to print it. */
export function ConsentWords({ text, ticked, facts = [], boxes = true }: ConsentWordsProps) {
  const { t } = useTranslation();
  const source = t('consent.version', { id: text.id, version: text.version, sha: text.sha256.slice(0, 16) });
  return (
    <Stack gap="sm">
      {facts.map((fact) => (
        <Text key={fact} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {fact}
        </Text>
      ))}
      <Stack gap="sm" lang={text.language}>
        <Title order={3} size="h5">
          {text.title}
        </Title>
        {text.sections.map((section) => (
          <div key={section.heading}>
            <Text fw={600} size="sm">
              {section.heading}
            </Text>
            <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
              {section.text}
            </Text>
          </div>
        ))}
        {(boxes ? text.boxes : []).map((box) => (
          <Text key={box.code} size="sm" style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
            {ticked?.includes(box.code) ? (
              <IconSquareCheck size={18} aria-hidden />
            ) : (
              <IconSquare size={18} aria-hidden />
            )}
            <span>
              {box.label}
              {ticked && ` (${t(ticked.includes(box.code) ? 'consent.ticked' : 'consent.unticked')})`}
              {!ticked && box.required && ` (${t('consent.required')})`}
            </span>
          </Text>
        ))}
        <Text size="sm">{text.refusal}</Text>
      </Stack>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {source}
      </Text>
      {ticked && (
        <Button
          variant="default"
          leftSection={<IconPrinter size={18} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => printText(text.title, printed(text, ticked, facts, source))}
        >
          {t('consent.print')}
        </Button>
      )}
    </Stack>
  );
}

function printed(
  text: Words,
  ticked: readonly string[],
  facts: readonly string[],
  source: string,
): readonly (readonly [string, string])[] {
  return [
    ...facts.map((fact) => ['', fact] as const),
    ...text.sections.map(({ heading, text: words }) => [heading, words] as const),
    ...text.boxes.map(({ code, label }) => ['', `[${ticked.includes(code) ? 'X' : ' '}] ${label}`] as const),
    ['', text.refusal],
    ['', `${source} · SHA-256 ${text.sha256}`],
  ];
}
