/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function MyCarePage() {
  return <PageHeader title="MyCarePage" />;
}
