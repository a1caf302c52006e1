/** @jsxImportSource preact */
import type { BoxCode, ConsentText } from '../../common/consult_types';
import { useConsentSpeech } from './speech';

/** Every word of the text, a part at a time; the first two are open. */
export function Words({ text }: { readonly text: ConsentText }) {
  return (
    <section class="consent">
      <h2 lang={text.language}>{text.title}</h2>
      {text.sections.map((section, index) => (
        <details key={section.heading} open={index < 2} lang={text.language}>
          <summary>{section.heading}</summary>
          <p>{section.text}</p>
        </details>
      ))}
    </section>
  );
}

interface BoxesProps {
  readonly text: ConsentText;
  readonly ticked: ReadonlySet<BoxCode>;
  /** Whether to mark what is missing. */
  readonly wrong: boolean;
  readonly onChange: (ticked: ReadonlySet<BoxCode>) => void;
}

export function Boxes({ text, ticked, wrong, onChange }: BoxesProps) {
  const c = useConsentSpeech();
  return (
    <>
      {text.boxes.map((box) => (
        <label key={box.code} class="tick">
          <input
            type="checkbox"
            checked={ticked.has(box.code)}
            aria-invalid={wrong && box.required && !ticked.has(box.code)}
            onChange={(event) => onChange(toggled(ticked, box.code, event.currentTarget.checked))}
          />
          <span lang={text.language}>
            {box.label} {box.required && <small class="soft">({c('required')})</small>}
          </span>
        </label>
      ))}
    </>
  );
}

export function isComplete(text: ConsentText, ticked: ReadonlySet<BoxCode>): boolean {
  return text.boxes.every((box) => !box.required || ticked.has(box.code));
}

function toggled(ticked: ReadonlySet<BoxCode>, code: BoxCode, on: boolean): ReadonlySet<BoxCode> {
  const after = new Set(ticked);
  if (on) after.add(code);
  else after.delete(code);
  return after;
}
