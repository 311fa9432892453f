/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function PolicyPage() {
  return <PageHeader title="PolicyPage" />;
}
