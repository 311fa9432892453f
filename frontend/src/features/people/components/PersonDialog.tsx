/** Adding somebody, or changing who they are. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Checkbox, PasswordInput, Switch, TextInput } from "@mantine/core";
import { Controller, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import type { Role, User } from "../../../api/types";
import { FormDialog } from "../../../components/FormDialog";
import { type PersonForm, useCreateUser, useUpdateUser } from "../api/users";

const roles = ["patient", "nurse", "doctor", "family", "admin"] as const satisfies readonly Role[];

const fields = {
  name: z.string().check(z.trim(), z.minLength(1, "needName")),
  username: z.string().check(z.trim(), z.regex(/^[\w.@-]{2,}$/, "needUsername")),
  roles: z.array(z.enum(roles)).check(z.minLength(1, "needRole")),
  enabled: z.boolean(),
};
const newcomer = z.object({ ...fields, password: z.string().check(z.minLength(12, "shortPassword")) });
const known = z.object({
  ...fields,
  password: z.union([z.literal(""), z.string().check(z.minLength(12))], "shortPassword"),
});

interface DialogProps {
  readonly onClose: () => void;
  readonly onSaved: (name: string) => void;
}

export function AddPersonDialog({ onClose, onSaved }: DialogProps) {
  const create = useCreateUser();
  return (
    <PersonDialog
      user={null}
      busy={create.isPending}
      failure={create.error}
      onClose={onClose}
      onSubmit={(form) => create.mutate(form, { onSuccess: (user) => onSaved(user.name) })}
    />
  );
}

export function EditPersonDialog({ user, onClose, onSaved }: DialogProps & { readonly user: User }) {
  const update = useUpdateUser(user);
  return (
    <PersonDialog
      user={user}
      busy={update.isPending}
      failure={update.error}
      onClose={onClose}
      onSubmit={(form) => update.mutate(form, { onSuccess: () => onSaved(form.name) })}
    />
  );
}

interface PersonDialogProps {
  readonly user: User | null;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onClose: () => void;
  readonly onSubmit: (form: PersonForm) => void;
}

function PersonDialog({ user, busy, failure, onClose, onSubmit }: PersonDialogProps) {
  const { t } = useTranslation("people");
  const { register, control, handleSubmit, formState } = useForm({
    resolver: zodResolver(user ? known : newcomer),
    defaultValues: {
      name: user?.name ?? "",
      username: user?.username ?? "",
      roles: [...(user?.roles ?? [])],
      password: "",
      enabled: user?.enabled ?? true,
    },
  });
  const trouble = (message: string | undefined) => message && t(message);
  const { errors } = formState;
  return (
    <FormDialog
      title={user ? t("editTitle", { name: user.name }) : t("addTitle")}
      submitLabel={user ? t("common:save") : t("create")}
      onClose={onClose}
      onSubmit={handleSubmit(onSubmit)}
      busy={busy}
      failure={failure}
    >
      <TextInput
        {...register("name")}
        label={t("name")}
        autoComplete="off"
        data-autofocus
        error={trouble(errors.name?.message)}
      />
      <TextInput
        {...register("username")}
        label={t("username")}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        readOnly={user !== null}
        error={trouble(errors.username?.message)}
      />
      <Controller
        control={control}
        name="roles"
        render={({ field, fieldState }) => (
          <Checkbox.Group
            label={t("roles")}
            description={t("rolesHint")}
            value={field.value}
            onChange={field.onChange}
            error={trouble(fieldState.error?.message)}
          >
            <div style={{ display: "flex", flexWrap: "wrap", gap: "10px 20px", marginTop: 8 }}>
              {roles.map((role) => (
                <Checkbox key={role} value={role} label={t(`common:role.${role}`)} />
              ))}
            </div>
          </Checkbox.Group>
        )}
      />
      <PasswordInput
        {...register("password")}
        label={t(user ? "newPassword" : "password")}
        description={user ? t("resetHint") : t("passwordHint")}
        autoComplete="new-password"
        error={trouble(errors.password?.message)}
      />
      {user && <Switch {...register("enabled")} label={t("maySignIn")} />}
    </FormDialog>
  );
}
