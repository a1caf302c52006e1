/** What every section of the chart is given. */
export interface SectionProps {
  readonly patientId: string;
}
