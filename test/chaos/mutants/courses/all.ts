import type { Course } from "../mutant.ts";
import { cancelledAndRequeued } from "./cancelled-and-requeued.ts";
import { answerIsLost } from "./answer-lost.ts";
import { arrayRuns, taskFails } from "./arrays.ts";
import { cancelInTwoCommands } from "./cancel-in-two-commands.ts";
import { createdAgain } from "./created-again.ts";
import { deletedWhileDown } from "./deleted-while-down.ts";
import { endedAndForgotten } from "./ended-and-forgotten.ts";
import { finalizerTakenOff } from "./finalizer-taken-off.ts";
import { heldBeforeClose } from "./held-before-close.ts";
import { idGivenAway } from "./id-given-away.ts";
import { killedAsItTells } from "./killed-as-it-tells.ts";
import { latePut } from "./late-put.ts";
import { lateRequest } from "./late-request.ts";
import { orphan } from "./orphan.ts";
import { requeuedAfterEnd } from "./requeued-after-end.ts";
import { secondRunKilled } from "./second-run-killed.ts";
import { sentAgain } from "./sent-again.ts";
import { staleWrite } from "./stale-write.ts";

export const courses: readonly Course[] = [
  lateRequest,
  deletedWhileDown,
  cancelledAndRequeued,
  createdAgain,
  staleWrite,
  sentAgain,
  requeuedAfterEnd,
  heldBeforeClose,
  killedAsItTells,
  answerIsLost,
  arrayRuns,
  taskFails,
  secondRunKilled,
  finalizerTakenOff,
  idGivenAway,
  cancelInTwoCommands,
  endedAndForgotten,
  latePut,
  orphan,
];
