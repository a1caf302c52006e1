import { Alert, Button, Loader, Stack, Text, VisuallyHidden } from '@mantine/core';
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs';
import worker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './pdf.module.css';

pdfjs.GlobalWorkerOptions.workerSrc = worker;

const PAGES_AT_ONCE = 10;
const SHARPEST = 2;

interface PdfProps {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/**
 * A PDF's pages in place, on every device: phones have no PDF viewer that a page may embed, and
 * scripts of the file never run here.
 */
export function PdfPages({ name, content }: PdfProps) {
  const { t } = useTranslation();
  const [pdf, setPdf] = useState<pdfjs.PDFDocumentProxy>();
  const [broken, setBroken] = useState(false);
  const [shown, setShown] = useState(PAGES_AT_ONCE);
  useEffect(() => {
    // The worker takes possession of the bytes that it is given.
    const loading = pdfjs.getDocument({ data: content.slice(), isEvalSupported: false, enableXfa: false });
    loading.promise.then(setPdf, () => setBroken(!loading.destroyed));
    return () => {
      setPdf(undefined);
      void loading.destroy();
    };
  }, [content]);
  if (broken) return <Alert color="red">{t('documents.brokenPdf')}</Alert>;
  if (!pdf) return <Loader aria-label={t('common.loading')} />;
  const pages = Array.from({ length: Math.min(shown, pdf.numPages) }, (_, index) => index + 1);
  return (
    <Stack role="document" aria-label={name} gap="sm">
      {pages.map((page) => (
        <Page key={page} pdf={pdf} number={page} />
      ))}
      {pdf.numPages > shown && (
        <Button variant="default" onClick={() => setShown((now) => now + PAGES_AT_ONCE)}>
          {t('documents.morePages', { count: pdf.numPages - shown })}
        </Button>
      )}
    </Stack>
  );
}

function Page({ pdf, number }: { readonly pdf: pdfjs.PDFDocumentProxy; readonly number: number }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    let drawing = true;
    const isShown = () => drawing; // asked again after each wait
    let task: pdfjs.RenderTask | undefined;
    const draw = async () => {
      const page = await pdf.getPage(number);
      const place = canvas.current;
      if (!isShown() || !place) return;
      const natural = page.getViewport({ scale: 1 });
      const width = Math.min(place.parentElement?.clientWidth ?? natural.width, 900);
      const scale = (width / natural.width) * Math.min(window.devicePixelRatio, SHARPEST);
      const viewport = page.getViewport({ scale });
      place.width = viewport.width;
      place.height = viewport.height;
      task = page.render({ canvas: place, viewport });
      const content = await page.getTextContent();
      if (isShown()) setText(content.items.map((item) => ('str' in item ? item.str : '')).join(' '));
      await task.promise;
    };
    draw().catch((error: unknown) => {
      if (isShown() && !(error instanceof pdfjs.RenderingCancelledException)) setText(t('documents.brokenPdf'));
    });
    return () => {
      drawing = false;
      task?.cancel();
    };
  }, [pdf, number, t]);
  return (
    <div>
      <canvas ref={canvas} className={classes.page} aria-hidden />
      <VisuallyHidden component="p">{text}</VisuallyHidden>
      <Text size="xs" c="dimmed" ta="center" className="numeric">
        {t('documents.pageOf', { page: number, pages: pdf.numPages })}
      </Text>
    </div>
  );
}
