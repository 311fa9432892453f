/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function PeoplePage() {
  return <PageHeader title="PeoplePage" />;
}
