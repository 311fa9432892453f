/** The frame while its code is on the way. */
import { Skeleton } from "@mantine/core";
import { RowsSkeleton } from "../components/Skeletons";
import classes from "./shell.module.css";

export function FrameSkeleton() {
  return (
    <div className={classes.shell}>
      <div className={classes.bar} />
      <div className={classes.nav} />
      <div className={classes.content}>
        <div className={classes.main}>
          <Skeleton height={28} width={220} mb={20} />
          <RowsSkeleton />
        </div>
      </div>
    </div>
  );
}
