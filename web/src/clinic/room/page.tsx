/** The room's own address: `RoomHost` in the shell shows it, and keeps it when one goes elsewhere. */
export function RoomPage() {
  return null;
}
