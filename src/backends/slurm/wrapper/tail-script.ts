import { shellWord } from "../../../core/slurm/launcher/shell-word.ts";
import { script, type Script } from "./script.ts";

/** The end of a regular file. Answers: `tail SIZE BASE64`, or `none`. A pipe or a device would never end. */
export function tailScript(path: string, bytes: number): Script {
  return script(() => [
    `file=${shellWord(path)}`,
    `if [ -f "$file" ] && [ -r "$file" ]; then`,
    `  say "tail $(($(wc -c <"$file"))) $(tail -c ${bytes} "$file" | base64 | tr -d '\\n')"`,
    "else",
    "  say none",
    "fi",
  ]);
}
