import type { SessionConsult } from '../../common/consult_types';

/** The consult as a calendar's file (RFC 5545), with a reminder; it names nobody and carries no link. */
export function calendarOf(consult: SessionConsult, title: string, clinic: string | undefined): Blob {
  const begins = new Date(consult.start);
  const ends = new Date(begins.getTime() + consult.planned_minutes * 60_000);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Telesalud//Teleconsulta//ES',
    'BEGIN:VEVENT',
    `UID:${consult.id}`,
    `DTSTAMP:${moment(begins)}`,
    `DTSTART:${moment(begins)}`,
    `DTEND:${moment(ends)}`,
    `SUMMARY:${escaped(title)}`,
    ...(clinic === undefined ? [] : [`LOCATION:${escaped(clinic)}`]),
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    'TRIGGER:-PT15M',
    `DESCRIPTION:${escaped(title)}`,
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ];
  return new Blob([lines.join('\r\n')], { type: 'text/calendar' });
}

function moment(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, '');
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\s+/g, ' ');
}
