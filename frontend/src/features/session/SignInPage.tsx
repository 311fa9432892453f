/** Placeholder until the page is built. */
import { PageHeader } from "../../components/PageHeader";

export function SignInPage() {
  return <PageHeader title="SignInPage" />;
}
