import { useImmunizationPlan } from '../../data/chart/immunization';
import { Loaded } from '../../kit/states';
import { Counts } from './plan';

/** How the vaccinations stand, for the chart's first screen. */
export function VaccinesCard({ patientId }: { readonly patientId: string }) {
  return (
    <Loaded query={useImmunizationPlan(patientId)} rows={1}>
      {(plan) => <Counts plan={plan} />}
    </Loaded>
  );
}
