/** What is asked of sacct. SubmitLine stays last: it is the only field that can hold any byte, newlines too. All are known since 21.08. */
export const accountingFields = [
  "JobID",
  "User",
  "State",
  "Reason",
  "Partition",
  "NodeList",
  "Submit",
  "Start",
  "End",
  "TimelimitRaw",
  "Priority",
  "Reservation",
  "ExitCode",
  "ElapsedRaw",
  "AllocTRES",
  "TotalCPU",
  "MaxRSS",
  "ConsumedEnergyRaw",
  "SubmitLine",
] as const;

export type AccountingField = (typeof accountingFields)[number];

/** Between two fields: new in each question, so that no submit line can pass for a row. */
export const accountingDelimiter = (nonce: string): string => `\u001F${nonce}`;
