/** Placeholder until the page is built. */
import { PageHeader } from "../../../components/PageHeader";

export function PluginsPage() {
  return <PageHeader title="PluginsPage" />;
}
