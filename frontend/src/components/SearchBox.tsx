/** Finding by a few letters. Reports what was typed once typing pauses. */
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";

export interface SearchBoxProps {
  readonly label: string;
  readonly onSearch: (text: string) => void;
}

export function SearchBox({ label, onSearch }: SearchBoxProps) {
  const [text, setText] = useState("");
  const report = useDebouncedCallback(onSearch, 250);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      value={text}
      w={260}
      maw="100%"
      onChange={(event) => {
        setText(event.currentTarget.value);
        report(event.currentTarget.value.trim());
      }}
    />
  );
}
