/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function SystemPage() {
  return <PageHeader title="SystemPage" />;
}
