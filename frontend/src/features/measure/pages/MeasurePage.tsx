/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function MeasurePage() {
  return <PageHeader title="MeasurePage" />;
}
