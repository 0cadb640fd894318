import type { Environment } from "../../api/v1alpha1/environment.ts";
import type { Output } from "../../api/v1alpha1/parameters.ts";
import type { Resources } from "../../api/v1alpha1/resources.ts";
import type { Content } from "../template/config-maps.ts";
import type { LoadedSource } from "../template/source.ts";
import type { UnsignedScript, Variable } from "./rendered-script.ts";

export interface ScriptParts {
  /** What template and inline script say beside their files. */
  readonly source: {
    readonly environment?: Environment | undefined;
    readonly resources?: Resources | undefined;
    readonly outputs?: readonly Output[] | undefined;
  };
  /** The files, rendered where they had to be. */
  readonly loaded: LoadedSource;
  readonly parameters: readonly Variable[];
}

/** Brings files, environment, resources and outputs into the one form that is signed and stored. */
export function packScript({ source, loaded, parameters }: ScriptParts): UnsignedScript {
  const { modules = [], setup, interpreter } = source.environment ?? {};
  return {
    entrypoint: loaded.entrypoint,
    supportFiles: loaded.supportFiles.map(({ path, mode, content }) => ({
      path,
      mode,
      base64: toBase64(content),
    })),
    environment: {
      modules,
      variables: [...loaded.variables],
      ...(setup === undefined ? {} : { setup }),
      ...(interpreter === undefined ? {} : { interpreter }),
    },
    parameters: [...parameters],
    resources: source.resources ?? {},
    outputs: [...(source.outputs ?? [])],
  };
}

function toBase64(content: Content): string {
  switch (content.is) {
    case "text":
      return Buffer.from(content.text, "utf8").toString("base64");
    case "bytes":
      return content.base64;
  }
}
