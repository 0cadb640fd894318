import type { KubeClient } from "../../kube/client.ts";
import type { Key } from "../../kube/key.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Clusters } from "../cluster/clusters.ts";
import type { MemoryBook } from "./memory-book.ts";
import type { OwnVersions } from "./own-versions.ts";
import type { RenderedBook } from "./rendered-book.ts";
import type { ScriptBook } from "./script-book.ts";
import type { Slots } from "./slots.ts";
import type { SubmissionReflector } from "./submissions.ts";

export interface SubmissionDeps {
  readonly client: KubeClient;
  readonly events: Pick<EventRecorder, "record">;
  readonly clusters: Clusters;
  readonly submissions: SubmissionReflector;
  readonly memory: MemoryBook;
  readonly slots: Slots;
  readonly rendered: RenderedBook;
  readonly scriptBook: ScriptBook;
  readonly own: OwnVersions;
  /** Has a script looked at again: its rendered files, which nobody watches, are gone. */
  readonly wakeScript: (key: Key) => void;
  /** Names this installation in every token; never changes as long as its objects live. */
  readonly install: string;
}
