/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function FamilyPage() {
  return <PageHeader title="FamilyPage" />;
}
