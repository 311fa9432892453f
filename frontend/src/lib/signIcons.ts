/** A picture for each vital sign. */
import {
  IconActivity,
  IconBrain,
  IconDroplet,
  IconDropletHalf2,
  IconHeartbeat,
  IconLungs,
  IconRulerMeasure,
  IconScaleOutline,
  IconTemperature,
  IconWind,
  type TablerIcon,
} from "@tabler/icons-react";

const icons: Readonly<Record<string, TablerIcon>> = {
  "85354-9": IconActivity,
  "8867-4": IconHeartbeat,
  "2708-6": IconDropletHalf2,
  "8310-5": IconTemperature,
  "2339-0": IconDroplet,
  "29463-7": IconScaleOutline,
  "9279-1": IconLungs,
  "8302-2": IconRulerMeasure,
  "67775-7": IconBrain,
  "3151-8": IconWind,
};

export function signIcon(code: string): TablerIcon {
  return icons[code] ?? IconActivity;
}
