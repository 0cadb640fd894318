import type { KindDefinition } from "../../../src/api/v1alpha1/definition.ts";

/** An object and what the API server says to it. */
export interface Row {
  readonly what: string;
  readonly spec: Readonly<Record<string, unknown>>;
  /** `metadata.name`, where it matters. */
  readonly name?: string;
  /** Nothing: it is taken. Else the whole refusal, field first. */
  readonly refusal?: string;
}

/** All rows of one kind. */
export interface RowsOfKind {
  readonly definition: KindDefinition;
  readonly rows: readonly Row[];
}

/** A refusal by a rule between fields; `at` is where it points. */
export const broken = (at: string, message: string): string => `${at}: Invalid value: "object": ${message}`;

/** A refusal by a type or bound. Everything else is a rule's. */
export const isByRule = ({ refusal = "" }: Row): boolean => refusal.includes('Invalid value: "object": ');

export const chooseOneMemory = "memory, memoryPerCpu and memoryPerGpu exclude each other; keep one";
export const raiseMaximum = "nodes.max is below nodes.min; raise nodes.max or remove it";
export const oneValue = "set exactly one of value and valueFrom";
export const oneContent = "set exactly one of text, base64 and configMapKeyRef";
export const oneEntrypoint = "set exactly one of text and configMapKeyRef";
export const noRenderedBase64 = "a base64 file cannot be rendered; set text, or render: false";
export const shorterName =
  "metadata.name is longer than 63 characters, and it must fit into a label; choose a shorter name";

/** Rows on `resources`, which four kinds have in the same shape: `put` says where, `at` how the API server calls that. */
export function rowsOnResources(at: string, put: (resources: object) => Row["spec"]): Row[] {
  return [
    {
      what: `${at}: all of it at once`,
      spec: put({
        partition: "short,long",
        account: "physics",
        qos: "normal",
        nodes: { min: 2, max: 4 },
        tasks: 8,
        tasksPerNode: 4,
        cpusPerTask: 2,
        memory: "4Gi",
        gpus: { count: 1, type: "a100", per: "Node" },
        timeLimitSeconds: 2_000_000_000,
        array: "1-9:2%4",
        reservation: "maintenance",
        constraint: "[rack1|rack2]&fast",
        exclusive: "Node",
        localDisk: "10G",
        licenses: ["matlab:2"],
        sbatch: ["--comment=a comment, with 'quotes'"],
      }),
    },
    {
      what: `${at}: two of the memories`,
      spec: put({ memory: "4Gi", memoryPerCpu: "1Gi" }),
      refusal: broken(at, chooseOneMemory),
    },
    {
      what: `${at}: fewer nodes at most than at least`,
      spec: put({ nodes: { min: 4, max: 2 } }),
      refusal: broken(`${at}.nodes.max`, raiseMaximum),
    },
    {
      what: `${at}: a quantity that Slurm has no unit for`,
      spec: put({ memory: "4E" }),
      refusal: `${at}.memory: Invalid value: "4E": ${at}.memory in body should match '^\\d+(\\.\\d+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$'`,
    },
    {
      what: `${at}: no task`,
      spec: put({ tasks: 0 }),
      refusal: `${at}.tasks: Invalid value: 0: ${at}.tasks in body should be greater than or equal to 1`,
    },
    {
      what: `${at}: an option of two lines`,
      spec: put({ sbatch: ["--comment=a\n#SBATCH --uid=0"] }),
      refusal: `${at}.sbatch[0]: Invalid value: "--comment=a\\n#SBATCH --uid=0": ${at}.sbatch[0] in body should match '^[^\\r\\n\\0]*$'`,
    },
    {
      what: `${at}: a partition with a blank`,
      spec: put({ partition: "short long" }),
      refusal: `${at}.partition: Invalid value: "short long": ${at}.partition in body should match '^[^\\0- \\x7f"'\\\\#]+$'`,
    },
    {
      what: `${at}: exclusive for nobody known`,
      spec: put({ exclusive: "Group" }),
      refusal: `${at}.exclusive: Unsupported value: "Group": supported values: "None", "Node", "User"`,
    },
  ];
}

/** Rows on a list of named values: parameters, variables. */
export function rowsOnValues(at: string, put: (values: readonly object[]) => Row["spec"]): Row[] {
  const configMapKeyRef = { name: "settings", key: "cutoff" };
  return [
    {
      what: `${at}: one written here, one taken from elsewhere, one empty`,
      spec: put([
        { name: "a", value: "1" },
        { name: "b", valueFrom: { configMapKeyRef } },
        { name: "c", value: "" },
      ]),
    },
    {
      what: `${at}: a value written here and taken from elsewhere`,
      spec: put([{ name: "a", value: "1", valueFrom: { configMapKeyRef } }]),
      refusal: broken(`${at}[0]`, oneValue),
    },
    { what: `${at}: no value`, spec: put([{ name: "a" }]), refusal: broken(`${at}[0]`, oneValue) },
    {
      what: `${at}: a name that no shell takes`,
      spec: put([{ name: "a-b", value: "1" }]),
      refusal: `${at}[0].name: Invalid value: "a-b": ${at}[0].name in body should match '^[A-Za-z_][A-Za-z0-9_]*$'`,
    },
    {
      what: `${at}: a name twice`,
      spec: put([
        { name: "a", value: "1" },
        { name: "a", value: "2" },
      ]),
      refusal: `${at}[1]: Duplicate value: {"name":"a"}`,
    },
  ];
}

/** Rows on support files. */
export function rowsOnSupportFiles(at: string, put: (files: readonly object[]) => Row["spec"]): Row[] {
  return [
    {
      what: `${at}: one of each form`,
      spec: put([
        { path: "a.txt", text: "" },
        { path: "data/b.bin", base64: "AAECAw==\n" },
        { path: "c", configMapKeyRef: { name: "files", key: "c" }, mode: 365 },
      ]),
    },
    { what: `${at}: no content`, spec: put([{ path: "a" }]), refusal: broken(`${at}[0]`, oneContent) },
    {
      what: `${at}: two contents`,
      spec: put([{ path: "a", text: "x", base64: "eA==" }]),
      refusal: broken(`${at}[0]`, oneContent),
    },
    {
      what: `${at}: a path that leaves the directory`,
      spec: put([{ path: "../a", text: "x" }]),
      refusal: `${at}[0].path: Invalid value: "../a": ${at}[0].path in body should match '^[A-Za-z0-9_][-A-Za-z0-9_.]*(\\/[A-Za-z0-9_][-A-Za-z0-9_.]*)*$'`,
    },
    {
      what: `${at}: the set-user-id bit`,
      spec: put([{ path: "a", text: "x", mode: 2541 }]),
      refusal: `${at}[0].mode: Invalid value: 2541: ${at}[0].mode in body should be less than or equal to 511`,
    },
  ];
}

/** Rows on the entrypoint. */
export function rowsOnEntrypoint(at: string, put: (entrypoint: object) => Row["spec"]): Row[] {
  const configMapKeyRef = { name: "scripts", key: "run.sh" };
  return [
    { what: `${at}: from a ConfigMap`, spec: put({ name: "run.py", configMapKeyRef }) },
    { what: `${at}: no text`, spec: put({ name: "run.sh" }), refusal: broken(at, oneEntrypoint) },
    {
      what: `${at}: two texts`,
      spec: put({ name: "run.sh", text: "#!/bin/sh\n", configMapKeyRef }),
      refusal: broken(at, oneEntrypoint),
    },
    {
      what: `${at}: neither .sh nor .py`,
      spec: put({ name: "run.exe", text: "#!/bin/sh\n" }),
      refusal: `${at}.name: Invalid value: "run.exe": ${at}.name in body should match '^[A-Za-z0-9_][-A-Za-z0-9_.]*\\.(sh|py)$'`,
    },
    {
      what: `${at}: more than 256 KiB`,
      spec: put({ name: "run.sh", text: "x".repeat(262_145) }),
      refusal: `${at}.text: Too long: may not be more than 262144 bytes`,
    },
  ];
}
