/** YAML as users write it; JSON is YAML too, so that texts need no care. */
export const template = (name: string, spec: object): string =>
  JSON.stringify({ apiVersion: "batchwright.dev/v1alpha1", kind: "JobTemplate", metadata: { name }, spec });

export const script = (name: string, spec: object): string =>
  JSON.stringify({ apiVersion: "batchwright.dev/v1alpha1", kind: "JobScript", metadata: { name }, spec });

export const fromTemplate = (
  name: string,
  templateName: string,
  values: Readonly<Record<string, string>> = {},
): string => {
  const parameters = Object.entries(values).map(([parameter, value]) => ({ name: parameter, value }));
  return script(name, { from: { template: { name: templateName, parameters } } });
};

export const inline = (name: string, text: string): string =>
  script(name, { entrypoint: { name: "job.sh", text } });

export const configMap = (name: string, data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });

/** A template with a parameter of each kind that can go wrong. */
export const greeting = {
  parameters: [
    { name: "who", default: "world" },
    { name: "times", type: "Integer", default: "1", minimum: "1", maximum: "10" },
    { name: "input", type: "Path" },
  ],
  entrypoint: {
    name: "hello.sh",
    text: "#!/bin/bash\n#SBATCH --job-name={{ who | sbatch }}\nfor i in $(seq {{ times }}); do echo hello {{ who | sh }}; done\n",
  },
  supportFiles: [{ path: "in/greeting.txt", text: "hello {{ who | raw }}\n", render: true }],
  resources: { tasks: 1, memory: "100Mi" },
  outputs: [{ name: "greeted" }],
};
