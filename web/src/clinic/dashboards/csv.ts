/** A table as CSV for programs, under the rules of the server's reports (RFC 4180). */

export type Cell = string | number | null;

/** What a spreadsheet would take for a formula, whichever sign separates its columns. */
const FORMULA = /(^|[;,\t|])(\s*)[=+\-@]/;

function written(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(Math.round(cell * 100) / 100);
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Heading and rows, with the mark by which spreadsheets know UTF-8. */
export function csvOf(heading: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[heading, ...rows].map((row) => row.map(written).join(',')).join('\r\n')}\r\n`;
}

export function download(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Some engines read the file only after the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
