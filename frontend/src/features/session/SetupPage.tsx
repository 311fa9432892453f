/** Placeholder until the page is built. */
import { PageHeader } from "../../components/PageHeader";

export function SetupPage() {
  return <PageHeader title="SetupPage" />;
}
