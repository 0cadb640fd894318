import { instant, type Instant } from "../instant.ts";

const dayMs = 86_400_000;

/** `metav1.Time`: RFC 3339 in UTC, whole seconds. Written without `Date`, which core does not have. */
export function toTime(at: Instant): string {
  const days = Math.floor(at / dayMs);
  const { year, month, day } = civil(days);
  const seconds = Math.floor((at - days * dayMs) / 1000);
  const pad = (value: number, width = 2) => String(value).padStart(width, "0");
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}Z`;
}

/** @throws RangeError for text that is not RFC 3339 with Z or an offset */
export function fromTime(text: string): Instant {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|([+-])(\d\d):(\d\d))$/u.exec(text);
  if (parts === null) throw new RangeError(`not an RFC 3339 time: ${JSON.stringify(text)}`);
  const at = (index: number) => Number(parts[index] ?? 0);
  const offset = parts[8] === "Z" ? 0 : (parts[9] === "-" ? -1 : 1) * (at(10) * 60 + at(11));
  const seconds = at(4) * 3600 + (at(5) - offset) * 60 + at(6);
  return instant(daysSinceEpoch(at(1), at(2), at(3)) * dayMs + seconds * 1000 + Math.floor(at(7) * 1000));
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": proleptic Gregorian, eras of 400 years that begin in March.
function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

function daysSinceEpoch(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    ofYear -
    719_468
  );
}
