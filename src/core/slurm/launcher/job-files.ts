import { captureScript } from "./capture-script.ts";
import { isBash } from "./interpreter.ts";
import { buildLauncher, type LauncherOptions } from "./launcher.ts";
import { layout } from "./layout.ts";
import { buildStart, type StartOptions } from "./start-script.ts";

export interface JobFile {
  /** Relative to the token's directory. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
}

/** Entrypoint or support file. */
export interface TemplateFile {
  /** Relative to `JOB_TEMPLATE_DIR`; `/` separates. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
}

export interface JobFilesOptions extends LauncherOptions, StartOptions {
  /** Entrypoint and support files. */
  readonly files: readonly TemplateFile[];
}

/** Everything that is staged for one job, nothing of it writable. @throws RangeError for a path that leaves the directory, or for text no shell can hold */
export function buildJobFiles(options: JobFilesOptions): readonly JobFile[] {
  const text = (path: string, content: string, mode: number): JobFile => ({
    path,
    content: new TextEncoder().encode(content),
    mode,
  });
  return [
    text(layout.script, buildLauncher(options), 0o500),
    text(layout.start, buildStart(options), 0o400),
    ...(isBash(options.interpreter) ? [text(layout.capture, captureScript, 0o400)] : []),
    ...options.files.map((file) => ({
      path: `${layout.template}/${inside(file.path)}`,
      content: file.content,
      mode: file.isExecutable ? 0o500 : 0o400,
    })),
  ];
}

function inside(path: string): string {
  const isBad = path.split("/").some((part) => part === "" || part === "." || part === "..");
  if (isBad || path.includes("\0"))
    throw new RangeError(`not a path below the job's directory: ${JSON.stringify(path)}`);
  return path;
}
