/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function MyChartsPage() {
  return <PageHeader title="MyChartsPage" />;
}
