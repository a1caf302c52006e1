/** A draft as it is sent again: what was written, without what the server adds. */
import type { NewLine, Prescription, PrescriptionBody } from '../../data/orders';

export function writtenOf(line: Prescription['lines'][number]): NewLine {
  const { product: _product, number: _number, stopped_at: _stopped, stop_reason: _reason, ...rest } = line;
  return rest;
}

/** The draft without one of its lines. */
export function withoutLine(draft: Prescription, number: number): PrescriptionBody {
  return {
    lines: draft.lines.filter((line) => line.number !== number).map(writtenOf),
    reported_allergies: draft.reported_allergies,
    valid_days: draft.valid_days,
    weight_kg: draft.weight_kg,
    encounter: draft.encounter,
  };
}
