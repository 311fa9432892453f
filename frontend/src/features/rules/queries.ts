/** What the rule pages ask the API for. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { AlertRules, AlertRulesInput, Rehearsal, RuleTemplate, RuleTemplates } from "../../api/types";
import { del, get, post, put } from "../../lib/api";
import { alertRulesKey } from "../charts/queries";

export function useSaveRules(patientId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rules: AlertRulesInput) => put<AlertRules>(`/patients/${patientId}/alert-rules`, rules),
    onSuccess: (saved) => client.setQueryData(alertRulesKey(patientId), saved),
  });
}

/** What rules would have raised in the last 30 days, beside those that hold. */
export function rehearse(patientId: string, rules: AlertRulesInput): Promise<Rehearsal> {
  return post<Rehearsal>(`/patients/${patientId}/alert-rules/rehearse`, rules);
}

export const ruleTemplatesOptions = queryOptions({
  queryKey: ["alert-rule-templates"],
  queryFn: ({ signal }) => get<RuleTemplates>("/alert-rule-templates", {}, signal),
  staleTime: 60_000,
  retry: false,
});

export function useSaveRuleTemplate() {
  return useTemplateChange(({ id, title, rules, combinations, stale }: Omit<RuleTemplate, "patients">) =>
    put<RuleTemplate>(`/alert-rule-templates/${encodeURIComponent(id)}`, { title, rules, combinations, stale }),
  );
}

export function useDeleteRuleTemplate() {
  return useTemplateChange((id: string) => del(`/alert-rule-templates/${encodeURIComponent(id)}`));
}

function useTemplateChange<Change, Answer>(change: (change: Change) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // The limits of patients to whom it is applied change with it.
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ruleTemplatesOptions.queryKey }),
        client.invalidateQueries({ queryKey: ["patient"] }),
      ]),
  });
}
