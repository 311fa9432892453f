/** Devices: listing, adding, assigning, and their keys. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Device, DeviceWithKey } from "../../../api/types";
import { getAll, patch, post } from "../../../lib/api";

export const devicesOptions = queryOptions({
  queryKey: ["devices"],
  queryFn: ({ signal }) => getAll<Device>("/devices", {}, signal),
  refetchInterval: 60_000,
});

export interface NewDevice {
  readonly driver: string;
  readonly name?: string;
  readonly patient_id?: string;
}

export interface DeviceChange {
  readonly name?: string;
  readonly enabled?: boolean;
  readonly patient_id?: string | null;
}

export function useAddDevice() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (device: NewDevice) => post<DeviceWithKey>("/devices", device),
    onSuccess: refresh,
  });
}

export function useChangeDevice(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (change: DeviceChange) => patch<Device>(`/devices/${id}`, change),
    onSuccess: refresh,
  });
}

export function useRotateKey(id: string) {
  return useMutation({ mutationFn: () => post<DeviceWithKey>(`/devices/${id}/rotate-key`) });
}

/** A device's patient sees its devices too. */
function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["devices"] }),
      client.invalidateQueries({ queryKey: ["patient"] }),
    ]);
}
