/** events.k8s.io/v1 allows 1 kB (k8s.io/api/events/v1/types.go, Note). */
export const longestNoteBytes = 1024;

const ellipsis = "…";

/** Cuts a note to what the API server takes, between characters and with a mark that something is missing. */
export function cutNote(note: string, longestBytes: number = longestNoteBytes): string {
  if (Buffer.byteLength(note) <= longestBytes) return note;
  const room = new Uint8Array(longestBytes - Buffer.byteLength(ellipsis));
  // encodeInto stops before a character that does not fit whole.
  const { read } = new TextEncoder().encodeInto(note, room);
  return note.slice(0, read) + ellipsis;
}
