/**
 * A MicroTime as Lease and Event want it: RFC 3339 in UTC with exactly six digits. A Date knows milliseconds, so the last three are 0.
 * Source: k8s.io/apimachinery, meta/v1/micro_time.go (three digits, as Date prints, are refused).
 */
export function formatMicroTime(time: Date): string {
  return time.toISOString().replace(/\.(\d{3})Z$/u, ".$1000Z");
}
