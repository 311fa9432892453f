/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function PatientsPage() {
  return <PageHeader title="PatientsPage" />;
}
