interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

export type ErrorCode =
  // the whole text
  | "Empty"
  | "OnlyWhitespace"
  | "NoInterpreter"
  | "DosLineBreaks"
  | "NullCharacter"
  | "NotUtf8"
  | "TooLarge"
  // words
  | "UnmatchedQuote"
  | "UnexpectedColon"
  | "UnexpectedWord"
  | "TooManyComponents"
  // options
  | "UnknownOption"
  | "AmbiguousOption"
  | "MissingArgument"
  | "UnexpectedArgument"
  | "BadValue"
  | "ExcludingOptions"
  | "ReservedOption";

/** Why sbatch refuses the script, or why Batchwright does. */
export interface ReadingError extends Place {
  readonly code: ErrorCode;
  readonly message: string;
  /** Whose refusal it is. slurmctld's and ours come where sbatch alone would go on. */
  readonly by: "sbatch" | "slurmctld" | "Batchwright";
}

export type WarningCode =
  | "AfterCommand"
  | "NoDirective"
  | "OldPrefix"
  | "EqualsKept"
  | "Abbreviation"
  | "Typography"
  | "NoMemoryUnit"
  | "Repeated"
  | "ForeignDirective"
  | "ForeignOverrides"
  | "RestIgnored"
  | "OptionIgnored"
  | "NoContinuation"
  | "ReleasesDiffer";

/** What sbatch silently ignores, or takes otherwise than it looks. */
export interface ReadingWarning extends Place {
  readonly code: WarningCode;
  readonly message: string;
}

/** As compilers write it: `job.sh:3:9: ...`. */
export function describeFinding(file: string, finding: Place & { readonly message: string }): string {
  return `${file}:${finding.line}:${finding.column}: ${finding.message}`;
}
