/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function DevicesPage() {
  return <PageHeader title="DevicesPage" />;
}
