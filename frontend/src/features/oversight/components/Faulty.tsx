/** Something set aside, with its error in full. */
import classes from "../oversight.module.css";

interface FaultyProps {
  readonly name: string;
  readonly state: string;
  readonly about?: string;
  readonly error: string | null;
}

export function Faulty({ name, state, about, error }: FaultyProps) {
  return (
    <section className={classes.faulty} aria-label={`${name}: ${state}`}>
      <strong>
        {name} · {state}
      </strong>
      {about && <p>{about}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard */}
      {error && <pre tabIndex={0}>{error}</pre>}
    </section>
  );
}
