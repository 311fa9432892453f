/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function DriversPage() {
  return <PageHeader title="DriversPage" />;
}
