import { ofScript, ofTemplate, script, template } from "../stage.ts";

/** Bad input that can never come right: Rejected at once. */
export interface Refused {
  readonly what: string;
  readonly from: object;
  /** Scripts that it needs. */
  readonly given?: readonly object[];
  readonly spec?: object;
  readonly reason: string;
  /** Field, rule, value and fix, as a person reads them. */
  readonly says: readonly string[];
}

const owner = { owner: "me" };
export const refused: readonly Refused[] = [
  {
    what: "an unknown parameter",
    from: ofTemplate("scf", { ...owner, cutof: "30" }),
    reason: "InvalidParameterValues",
    says: ['"cutof"', '"cutoff"'],
  },
  {
    what: "a value of the wrong type",
    from: ofTemplate("scf", { ...owner, steps: "2.5" }),
    reason: "InvalidParameterValues",
    says: ['"steps"', "2.5", "parameters[steps].value"],
  },
  {
    what: "a value out of range",
    from: ofTemplate("scf", { ...owner, cutoff: "1200" }),
    reason: "InvalidParameterValues",
    says: ['parameter "cutoff": "1200" is above the maximum 200', "a decimal number from 10 to 200"],
  },
  {
    what: "a value that is not in the list",
    from: ofTemplate("scf", { ...owner, mode: "slow" }),
    reason: "InvalidParameterValues",
    says: ['"mode"', "slow", "fast", "exact"],
  },
  {
    what: "a missing required parameter",
    from: ofTemplate("scf"),
    reason: "InvalidParameterValues",
    says: ['"owner"', "parameters[owner].value"],
  },
  {
    what: "several values at once, on one line",
    from: ofTemplate("scf", { ...owner, steps: "", mode: "slow" }),
    reason: "InvalidParameterValues",
    says: ['"steps": "" is no Integer', 'or leave the parameter out; parameter "mode": "slow" is not one of'],
  },
  {
    what: "a path with a blank",
    from: ofTemplate("scf", { ...owner, file: "a b" }),
    reason: "InvalidParameterValues",
    says: ['"file"', "blank"],
  },
  {
    what: "a newline that reaches an #SBATCH line",
    from: ofTemplate("scf", { ...owner, title: "a\n#SBATCH --uid=0" }),
    reason: "InvalidParameterValues",
    says: ['"title"', "line break"],
  },
  {
    what: "shell characters without a filter",
    from: ofTemplate("unquoted", { name: "$(reboot)" }),
    reason: "UnquotedValue",
    says: ['"name"', "run.sh:2:", "| sh"],
  },
  {
    what: "a script without #!",
    given: [script("no-shebang", "echo hello\n")],
    from: ofScript("no-shebang"),
    reason: "InvalidScript",
    says: ["run.sh:1:1", "#!"],
  },
  {
    what: "DOS line breaks",
    given: [script("dos", "#!/bin/sh\r\necho hello\r\n")],
    from: ofScript("dos"),
    reason: "InvalidScript",
    says: ["run.sh:1:", "line break"],
  },
  {
    what: "a bad #SBATCH line",
    given: [script("typo", "#!/bin/sh\n#SBATCH --time=5 --partion=main\n")],
    from: ofScript("typo"),
    reason: "InvalidScript",
    says: ["run.sh:2:18", "--partion", "--partition"],
  },
  {
    what: "a reserved option",
    given: [script("waits", "#!/bin/sh\n#SBATCH --wait\n")],
    from: ofScript("waits"),
    reason: "InvalidScript",
    says: ["run.sh:2:9", "--wait"],
  },
  {
    what: "a reserved option of the submission",
    from: ofScript("fine"),
    spec: { resources: { sbatch: ["--uid=0"] } },
    reason: "OptionsInvalid",
    says: ["spec.resources.sbatch[0]", "--uid"],
  },
  {
    what: "an unknown partition, in Slurm's own words and with those that there are",
    from: ofScript("fine"),
    spec: { resources: { partition: "nosuch" } },
    reason: "RefusedByScheduler",
    says: ["invalid partition", "nosuch", "; the cluster has: main (default)"],
  },
];

/** What the rows refer to. */
export const refusedGiven: readonly object[] = [
  template("scf", {
    parameters: [
      { name: "cutoff", type: "Number", minimum: "10", maximum: "200", default: "40" },
      { name: "steps", type: "Integer", default: "5" },
      { name: "title", type: "String", default: "x" },
      { name: "file", type: "Path", default: "a.in" },
      { name: "owner", type: "String", required: true },
      { name: "mode", type: "String", default: "fast", enum: ["fast", "exact"] },
    ],
    entrypoint: {
      name: "scf.sh",
      text: "#!/bin/bash\n#SBATCH --job-name={{ title }}\necho {{ cutoff }} {{ steps }} {{ mode }} {{ file }} {{ owner | sh }}\n",
    },
    resources: { memory: "20Mi" },
  }),
  template("unquoted", {
    parameters: [{ name: "name", type: "String" }],
    entrypoint: { name: "run.sh", text: "#!/bin/bash\necho {{ name }}\n" },
  }),
  script("fine", "#!/bin/sh\nexit 0\n"),
];
