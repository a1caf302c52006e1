import { NavLink } from 'react-router';
import classes from './area_sections.module.css';
import { useOpenInSight } from './open_section';

/** The pages of an area as a row of links, which scrolls on a phone with the open one in sight. */
export function AreaSections({
  label,
  sections,
}: {
  readonly label: string;
  readonly sections: readonly { readonly to: string; readonly name: string }[];
}) {
  const nav = useOpenInSight();
  return (
    <nav ref={nav} aria-label={label} className={classes.sections}>
      {sections.map(({ to, name }) => (
        <NavLink key={to} to={to} className={classes.section ?? ''}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
