import { holes, linesOfTemplate, type TemplateLine } from "../render/template-lines.ts";
import { isCommand } from "../slurm/script/directive-lines.ts";
import type { ReadingError, ReadingWarning } from "../slurm/script/finding.ts";
import { judgedLast } from "../slurm/script/option-set-errors.ts";
import { readScript } from "../slurm/script/read-script.ts";
import type { ScriptReading } from "../slurm/script/script-reading.ts";

/** A line as far as the reader of scripts is concerned. */
type Line =
  /** It is in every script as it stands, and read there as it is here. */
  | { readonly is: "certain"; readonly text: string }
  /** Nothing that sbatch would read, or nothing that is judged here. */
  | { readonly is: "comment" }
  /** It may be a directive, of which Liquid decides what it says; `isHanging`: its last option may take the next word for its value. */
  | { readonly is: "open"; readonly isHanging: boolean };

/** Beyond this nobody wrote them by hand, and each is read several times: they are left to the script. */
const mostDirectives = 1000;
const directive = /^[ \t]*#S(?:BATCH|LURM)/gmu;

/**
 * What sbatch will refuse, and what it will ignore, in every script of the template. A line on which a value has a say is left to the script that is
 * rendered, and so is everything whose meaning hangs on such a line: a template of which any values make a sound script has no errors here.
 */
export function checkDirectives(text: string): Pick<ScriptReading, "errors" | "warnings"> {
  if ((text.match(directive)?.length ?? 0) > mostDirectives) return { errors: [], warnings: [] };
  const { lines, isWhole } = classify(linesOfTemplate(text));
  const readings = [...new Set(["#", hanging].map((filler) => fill(lines, filler)))].map((filled) =>
    readScript(filled),
  );
  const isCertain = ({ line }: { readonly line: number }): boolean => lines[line - 1]?.is === "certain";
  const [first] = readings;
  const errors = (first?.errors ?? []).filter(
    (error) =>
      isCertain(error) &&
      readings.every((reading) => isAmong(error, reading.errors)) &&
      (isWhole || readings.every((reading) => !dependsOnOthers(error, reading))),
  );
  const warnings = (first?.warnings ?? []).filter(
    (warning) => isCertain(warning) && readings.every((reading) => isAmong(warning, reading.warnings)),
  );
  return { errors, warnings };
}

type Finding = ReadingError | ReadingWarning;

const isAmong = (finding: Finding, others: readonly Finding[]): boolean =>
  others.some(
    ({ line, column, code }) => line === finding.line && column === finding.column && code === finding.code,
  );

/** Another line may put it right: take an option back, or say it again. */
function dependsOnOthers({ code, line, column }: ReadingError, { options }: ScriptReading): boolean {
  if (code === "ExcludingOptions") return true;
  return (
    code === "BadValue" &&
    options.some((option) => option.line === line && option.column === column && judgedLast.has(option.name))
  );
}

/** It takes the next word for its value, whether or not its own first word is taken as one. */
const hanging = "#SBATCH --comment=x -J";

function fill(lines: readonly Line[], filler: string): string {
  return lines
    .map((line, index) => {
      if (line.is === "certain") return line.text;
      if (index === 0) return "#!/bin/sh";
      return line.is === "open" && line.isHanging ? filler : "#";
    })
    .join("\n");
}

interface Classified {
  readonly lines: readonly Line[];
  /** There is no directive that Liquid has a say in. */
  readonly isWhole: boolean;
}

/** Behind a line that may be a command nothing is certain: sbatch may have stopped reading. */
function classify(template: readonly TemplateLine[]): Classified {
  let part: "header" | "body" | "doubt" = "header";
  const lines: Line[] = [];
  for (const { isStatic, text } of template) {
    if (isStatic && part === "header" && isCommand(text)) part = "body";
    if (!isStatic && part === "header" && !isNeverCommand(text)) part = "doubt";
    if (part === "doubt" || foreign.test(text)) lines.push({ is: "comment" });
    else if (isStatic) lines.push({ is: "certain", text });
    else lines.push(part === "body" ? { is: "comment" } : openLine(text));
  }
  const isInDoubt = part === "doubt";
  return {
    lines: leaveHanging(lines, isInDoubt),
    isWhole: !isInDoubt && lines.every((line) => line.is !== "open"),
  };
}

/** `#PBS` and `#BSUB` mean what other lines let them. */
const foreign = /^#(?:PBS|BSUB)/u;

// Without repetitions side by side: a line of 1 MiB must be judged in linear time.
const notBlank = /[^ \t\v\f\r]/u;
const notBlankOrTag = /[^ \t\v\f\r\u{e001}]/u;
const hole = /[\u{e000}-\u{e002}]+/gu;

/** Comments and blank lines, also where everything from the # on is left out as one. */
function isNeverCommand(text: string): boolean {
  const start = text.search(notBlank);
  if (start < 0 || text[start] === "#") return true;
  const comment = text.search(notBlankOrTag);
  if (comment < 0) return true;
  const tag = text.indexOf(holes.tag, comment);
  return text[comment] === "#" && (tag < 0 || !notBlankOrTag.test(text.slice(tag)));
}

function openLine(text: string): Line {
  const start = text.search(notBlankOrTag);
  // A comment for good, unless what is cut or put in makes `#SBATCH` of it.
  if (start < 0 || /^#(?![S\u{e000}-\u{e002}])/u.test(text.slice(start, start + 2))) return { is: "comment" };
  return { is: "open", isHanging: mayHang(text.slice(start)) };
}

/** An option at the end does not wait for its value where each hole is part of one: `--time={{ minutes }}`. */
function mayHang(text: string): boolean {
  if (!/^#(?:SBATCH|SLURM)\s/u.test(text) || text.includes(holes.any)) return true;
  const words = withoutTagsBehind(text).split(/\s+/u);
  const isTame = words.every((word) => word.search(hole) < 0 || /^--[a-z-]+=/u.test(word));
  return !isTame || hangs(words.join(" ").replaceAll(hole, "x"));
}

function withoutTagsBehind(text: string): string {
  let end = text.length;
  while (!notBlankOrTag.test(text[end - 1] ?? "#")) end -= 1;
  return text.slice(0, end);
}

const hangs = (line: string): boolean =>
  readScript(`#!/bin/sh\n${line}`).errors.some(({ code }) => code === "MissingArgument");

/** A line that ends in an option without value is read otherwise by what comes behind it: certain only where that is certain, too. */
function leaveHanging(lines: readonly Line[], isFollowed: boolean): Line[] {
  let isOpenBehind = isFollowed;
  return lines
    .toReversed()
    .map((line): Line => {
      if (line.is === "open") isOpenBehind = true;
      if (line.is !== "certain" || !/^#(?:SBATCH|SLURM)/u.test(line.text)) return line;
      isOpenBehind &&= hangs(line.text);
      return isOpenBehind ? { is: "open", isHanging: true } : line;
    })
    .toReversed();
}
