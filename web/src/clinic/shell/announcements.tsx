import '@mantine/notifications/styles.layer.css';
import { Notifications } from '@mantine/notifications';
import classes from './shell.module.css';

/** Below the bar, where neither the buttons of a page nor those of a call stand. */
export default function Announcements() {
  return <Notifications position="top-center" className={classes.announcements ?? ''} />;
}
